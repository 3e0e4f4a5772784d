//! What the processor offers, for the record of a run.

/// The widest vector instructions that the matrix products of this build use
/// on this processor. The same instruction set gives the same bytes.
pub fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512vnni") {
            return "avx512f+vnni";
        }
        if is_x86_feature_detected!("avx512f") {
            return "avx512f";
        }
        if is_x86_feature_detected!("avx") && is_x86_feature_detected!("fma") {
            return "avx+fma";
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        return "neon";
    }
    #[cfg(not(target_arch = "aarch64"))]
    "portable"
}
