//! Tells programs that are linked with this crate where libtorch is.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Not there where libtorch is not looked for (feature `doc-only`).
    let Some(folder) = std::env::var_os("DEP_TCH_LIBTORCH_LIB") else { return };
    let folder = folder.to_string_lossy();
    // For the tests of this crate, and, by DEP_NEWSTANCE_TORCH_LIBTORCH_LIB, for programs.
    println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    println!("cargo:libtorch_lib={folder}");
}
