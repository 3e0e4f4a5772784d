//! What the processor offers, and how to use it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use crate::amx;
use crate::lanes::{Lanes, Portable};
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// The instructions that the engine uses.
///
/// Only one that this processor has can be made. All of them give the same bits:
/// sums of bytes are exact, those of floats run in the same order and round alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct InstructionSet(Kind);

/// From the lowest to the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    AvxVnni(x86::AvxVnni),
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni(x86::Avx512Vnni),
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    AmxInt8(amx::AmxInt8),
}

/// An instruction set that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("there is no instruction set `{name}` here (there is {})", available.join(", "))]
pub struct InstructionSetMissing {
    name: String,
    available: Vec<&'static str>,
}

/// What is compiled for each instruction set.
///
/// `run` and all it calls that uses vectors must be inlined always: only then is
/// it compiled with the instructions. Closures and iterators over vectors cannot
/// be told to be.
pub(crate) trait Task {
    type Output;

    fn run<K: Lanes>(self, lanes: K) -> Self::Output;
}

impl InstructionSet {
    /// Those of this processor, from the lowest to the highest.
    pub fn available() -> Vec<Self> {
        [
            Some(Kind::Portable),
            #[cfg(target_arch = "x86_64")]
            x86::Avx2::detect().map(Kind::Avx2),
            #[cfg(target_arch = "x86_64")]
            x86::AvxVnni::detect().map(Kind::AvxVnni),
            #[cfg(target_arch = "x86_64")]
            x86::Avx512Vnni::detect().map(Kind::Avx512Vnni),
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            amx::AmxInt8::detect().map(Kind::AmxInt8),
        ]
        .into_iter()
        .flatten()
        .map(Self)
        .collect()
    }

    /// The highest one of this processor.
    pub fn detect() -> Self {
        Self::available().last().copied().unwrap_or(Self(Kind::Portable))
    }

    /// What settings and records call it.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::AvxVnni(_) => "avx-vnni",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512Vnni(_) => "avx512-vnni",
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Kind::AmxInt8(_) => "amx-int8",
        }
    }

    /// Products of bytes that were added up in so many steps of matrices, all in
    /// registers; none where it has no matrices.
    pub(crate) fn matrices_in_registers(self, n_steps: usize) -> Option<usize> {
        match self.0 {
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Kind::AmxInt8(proof) => Some(proof.products_in_registers(n_steps)),
            _ => None,
        }
    }

    /// Runs what was compiled for it.
    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        match self.0 {
            Kind::Portable => task.run(Portable),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(proof) => proof.run(task),
            #[cfg(target_arch = "x86_64")]
            Kind::AvxVnni(proof) => proof.run(task),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512Vnni(proof) => proof.run(task),
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Kind::AmxInt8(proof) => proof.run(task),
        }
    }
}

impl Default for InstructionSet {
    fn default() -> Self {
        Self::detect()
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<InstructionSet> for &'static str {
    fn from(set: InstructionSet) -> Self {
        set.name()
    }
}

impl TryFrom<String> for InstructionSet {
    type Error = InstructionSetMissing;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl FromStr for InstructionSet {
    type Err = InstructionSetMissing;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let available = Self::available();
        available.iter().find(|set| set.name() == name).copied().ok_or_else(|| {
            InstructionSetMissing {
                name: name.to_owned(),
                available: available.iter().map(|set| set.name()).collect(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::InstructionSet;

    #[test]
    fn names_lead_back_to_what_is_available() {
        for set in InstructionSet::available() {
            assert_eq!(set.name().parse(), Ok(set));
        }
        let error = "mmx".parse::<InstructionSet>().unwrap_err().to_string();
        assert!(error.starts_with("there is no instruction set `mmx` here (there is portable"));
    }
}
