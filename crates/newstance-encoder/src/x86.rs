//! The vectors of x86 processors. Instructions by hand stand here and in `amx`.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
#![expect(unsafe_code, reason = "vector instructions are safe only where the processor has them")]

use std::arch::x86_64::{
    __m256, __m256i, __m512, __m512i, _mm_loadu_si128, _mm_set1_epi32, _mm256_add_epi32,
    _mm256_cvtepi8_epi16, _mm256_cvtepu8_epi16, _mm256_dpbusd_avx_epi32, _mm256_fmadd_ps,
    _mm256_hadd_epi32, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_permute4x64_epi64, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_si256,
    _mm256_storeu_ps, _mm256_storeu_si256, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_loadu_ps,
    _mm512_loadu_si512, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_storeu_ps,
    _mm512_storeu_si512,
};
use std::convert::Infallible;

use crate::instruction_set::Task;
use crate::lanes::{ByteBlock, GROUP, LANES, Lanes, Matrices};

/// AVX2 with fused multiplication and addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

/// AVX2 and the 256-bit instructions for neural networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AvxVnni(Avx2);

/// AVX-512 with its instructions for neural networks, and maybe those for matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512Vnni<M = Infallible> {
    matrices: Option<M>,
}

impl Avx2 {
    /// The proof that the processor has it; the only way to one.
    pub(crate) fn detect() -> Option<Self> {
        let is_there = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        is_there.then_some(Self(()))
    }

    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        #[target_feature(enable = "avx2,fma")]
        fn run<T: Task>(task: T, proof: Avx2) -> T::Output {
            task.run(proof)
        }
        // SAFETY: `self` proves the features.
        unsafe { run(task, self) }
    }
}

impl AvxVnni {
    /// The proof that the processor has it; the only way to one.
    pub(crate) fn detect() -> Option<Self> {
        Avx2::detect().filter(|_| is_x86_feature_detected!("avxvnni")).map(Self)
    }

    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        #[target_feature(enable = "avx2,fma,avxvnni")]
        fn run<T: Task>(task: T, proof: AvxVnni) -> T::Output {
            task.run(proof)
        }
        // SAFETY: `self` proves the features.
        unsafe { run(task, self) }
    }
}

impl Avx512Vnni {
    /// The proof that the processor has it; the only way to one.
    pub(crate) fn detect() -> Option<Self> {
        let is_there = is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vnni");
        is_there.then_some(Self { matrices: None })
    }

    /// The same, with matrices.
    #[expect(clippy::unused_self, reason = "it is the proof of the vectors")]
    pub(crate) fn with<M: Matrices>(self, matrices: M) -> Avx512Vnni<M> {
        Avx512Vnni { matrices: Some(matrices) }
    }
}

impl<M: Matrices> Avx512Vnni<M> {
    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        #[target_feature(enable = "fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
        fn run<T: Task, M: Matrices>(task: T, proof: Avx512Vnni<M>) -> T::Output {
            task.run(proof)
        }
        // SAFETY: `self` proves the features.
        unsafe { run(task, self) }
    }
}

impl<M: Matrices> Lanes for Avx512Vnni<M> {
    type Floats = __m512;
    type Weights = __m512i;
    type Inputs = __m512i;
    type Sums = __m512i;
    type Matrices = M;

    const IS_WIDE: bool = true;

    #[inline(always)]
    fn matrices(self) -> Option<M> {
        self.matrices
    }

    #[inline(always)]
    fn floats(self, values: &[f32; LANES]) -> Self::Floats {
        // SAFETY: `self` proves the instructions; the array has the 64 bytes that are read.
        unsafe { _mm512_loadu_ps(values.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, floats: Self::Floats, to: &mut [f32; LANES]) {
        // SAFETY: `self` proves the instructions; the array has the 64 bytes that are written.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), floats) }
    }

    #[inline(always)]
    fn add_product(self, sums: Self::Floats, input: f32, weights: Self::Floats) -> Self::Floats {
        // SAFETY: `self` proves the instructions.
        unsafe { _mm512_fmadd_ps(_mm512_set1_ps(input), weights, sums) }
    }

    #[inline(always)]
    fn weights(self, block: &ByteBlock) -> Self::Weights {
        // SAFETY: `self` proves the instructions; the block has the 64 bytes that are read.
        unsafe { _mm512_loadu_si512(block.0.as_ptr().cast()) }
    }

    #[inline(always)]
    fn inputs(self, group: [u8; GROUP]) -> Self::Inputs {
        // SAFETY: `self` proves the instructions.
        unsafe { _mm512_set1_epi32(i32::from_le_bytes(group)) }
    }

    #[inline(always)]
    fn no_sums(self) -> Self::Sums {
        // SAFETY: `self` proves the instructions.
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    fn add_products(
        self,
        sums: Self::Sums,
        inputs: Self::Inputs,
        weights: Self::Weights,
    ) -> Self::Sums {
        // SAFETY: `self` proves the instructions.
        unsafe { _mm512_dpbusd_epi32(sums, inputs, weights) }
    }

    #[inline(always)]
    fn totals(self, sums: Self::Sums) -> [i32; LANES] {
        let mut totals = [0; LANES];
        // SAFETY: `self` proves the instructions; the array has the 64 bytes that are written.
        unsafe { _mm512_storeu_si512(totals.as_mut_ptr().cast(), sums) }
        totals
    }

    #[inline(always)]
    fn mul_add(self, factor: f32, other: f32, addend: f32) -> f32 {
        factor.mul_add(other, addend)
    }
}

impl Lanes for Avx2 {
    type Floats = [__m256; 2];
    /// Two bytes wide, those of four lanes in each vector.
    type Weights = [__m256i; 4];
    type Inputs = __m256i;
    /// The halves of a lane's sum stand side by side.
    type Sums = [__m256i; 4];
    type Matrices = Infallible;

    const IS_WIDE: bool = false;

    #[inline(always)]
    fn floats(self, values: &[f32; LANES]) -> Self::Floats {
        let (halves, _) = values.as_chunks::<8>();
        // SAFETY: `self` proves the instructions; a half has the 32 bytes that are read.
        unsafe { [_mm256_loadu_ps(halves[0].as_ptr()), _mm256_loadu_ps(halves[1].as_ptr())] }
    }

    #[inline(always)]
    fn store(self, floats: Self::Floats, to: &mut [f32; LANES]) {
        let (halves, _) = to.as_chunks_mut::<8>();
        for half in 0..2 {
            // SAFETY: `self` proves the instructions; a half has the 32 bytes that are written.
            unsafe { _mm256_storeu_ps(halves[half].as_mut_ptr(), floats[half]) }
        }
    }

    #[inline(always)]
    fn add_product(self, sums: Self::Floats, input: f32, weights: Self::Floats) -> Self::Floats {
        // SAFETY: `self` proves the instructions.
        unsafe {
            let input = _mm256_set1_ps(input);
            [
                _mm256_fmadd_ps(input, weights[0], sums[0]),
                _mm256_fmadd_ps(input, weights[1], sums[1]),
            ]
        }
    }

    #[inline(always)]
    fn weights(self, block: &ByteBlock) -> Self::Weights {
        let (quarters, _) = block.0.as_chunks::<16>();
        // SAFETY: `self` proves the instructions; a quarter has the 16 bytes that are read.
        unsafe {
            let mut weights = [_mm256_setzero_si256(); 4];
            for idx in 0..4 {
                weights[idx] = _mm256_cvtepi8_epi16(_mm_loadu_si128(quarters[idx].as_ptr().cast()));
            }
            weights
        }
    }

    #[inline(always)]
    fn inputs(self, group: [u8; GROUP]) -> Self::Inputs {
        // SAFETY: `self` proves the instructions.
        unsafe { _mm256_cvtepu8_epi16(_mm_set1_epi32(i32::from_le_bytes(group))) }
    }

    #[inline(always)]
    fn no_sums(self) -> Self::Sums {
        // SAFETY: `self` proves the instructions.
        unsafe { [_mm256_setzero_si256(); 4] }
    }

    #[inline(always)]
    fn add_products(
        self,
        mut sums: Self::Sums,
        inputs: Self::Inputs,
        weights: Self::Weights,
    ) -> Self::Sums {
        for idx in 0..4 {
            // SAFETY: `self` proves the instructions.
            sums[idx] =
                unsafe { _mm256_add_epi32(sums[idx], _mm256_madd_epi16(inputs, weights[idx])) };
        }
        sums
    }

    #[inline(always)]
    fn totals(self, sums: Self::Sums) -> [i32; LANES] {
        let mut totals = [0; LANES];
        let (halves, _) = totals.as_chunks_mut::<8>();
        for half in 0..2 {
            // SAFETY: `self` proves the instructions; a half has the 32 bytes that are written.
            unsafe {
                // Sums of neighbours: two lanes of the one, two of the other, and again.
                let sums = _mm256_hadd_epi32(sums[2 * half], sums[2 * half + 1]);
                let sums = _mm256_permute4x64_epi64::<0b11_01_10_00>(sums);
                _mm256_storeu_si256(halves[half].as_mut_ptr().cast(), sums);
            }
        }
        totals
    }

    #[inline(always)]
    fn mul_add(self, factor: f32, other: f32, addend: f32) -> f32 {
        factor.mul_add(other, addend)
    }
}

impl Lanes for AvxVnni {
    type Floats = [__m256; 2];
    type Weights = [__m256i; 2];
    type Inputs = __m256i;
    type Sums = [__m256i; 2];
    type Matrices = Infallible;

    const IS_WIDE: bool = false;

    #[inline(always)]
    fn floats(self, values: &[f32; LANES]) -> Self::Floats {
        self.0.floats(values)
    }

    #[inline(always)]
    fn store(self, floats: Self::Floats, to: &mut [f32; LANES]) {
        self.0.store(floats, to);
    }

    #[inline(always)]
    fn add_product(self, sums: Self::Floats, input: f32, weights: Self::Floats) -> Self::Floats {
        self.0.add_product(sums, input, weights)
    }

    #[inline(always)]
    fn weights(self, block: &ByteBlock) -> Self::Weights {
        let (halves, _) = block.0.as_chunks::<32>();
        // SAFETY: `self` proves the instructions; a half has the 32 bytes that are read.
        unsafe {
            [
                _mm256_loadu_si256(halves[0].as_ptr().cast()),
                _mm256_loadu_si256(halves[1].as_ptr().cast()),
            ]
        }
    }

    #[inline(always)]
    fn inputs(self, group: [u8; GROUP]) -> Self::Inputs {
        // SAFETY: `self` proves the instructions.
        unsafe { _mm256_set1_epi32(i32::from_le_bytes(group)) }
    }

    #[inline(always)]
    fn no_sums(self) -> Self::Sums {
        // SAFETY: `self` proves the instructions.
        unsafe { [_mm256_setzero_si256(); 2] }
    }

    #[inline(always)]
    fn add_products(
        self,
        sums: Self::Sums,
        inputs: Self::Inputs,
        weights: Self::Weights,
    ) -> Self::Sums {
        // SAFETY: `self` proves the instructions.
        unsafe {
            [
                _mm256_dpbusd_avx_epi32(sums[0], inputs, weights[0]),
                _mm256_dpbusd_avx_epi32(sums[1], inputs, weights[1]),
            ]
        }
    }

    #[inline(always)]
    fn totals(self, sums: Self::Sums) -> [i32; LANES] {
        let mut totals = [0; LANES];
        let (halves, _) = totals.as_chunks_mut::<8>();
        for half in 0..2 {
            // SAFETY: `self` proves the instructions; a half has the 32 bytes that are written.
            unsafe { _mm256_storeu_si256(halves[half].as_mut_ptr().cast(), sums[half]) }
        }
        totals
    }

    #[inline(always)]
    fn mul_add(self, factor: f32, other: f32, addend: f32) -> f32 {
        self.0.mul_add(factor, other, addend)
    }
}
