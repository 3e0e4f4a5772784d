//! The matrices of x86 processors (Advanced Matrix Extensions), which only Linux
//! is asked for.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
#![expect(unsafe_code, reason = "a register of rows has no type in stable Rust")]

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::sync::OnceLock;

use crate::instruction_set::Task;
use crate::lanes::{GROUP, InputBlock, LANES, Lanes, Matrices, PANEL, PARTS, SIDE, WeightBlock};
use crate::x86::Avx512Vnni;

const _: () = assert!(
    SIDE == 16
        && size_of::<InputBlock>() == 1024
        && size_of::<WeightBlock>() == 4096
        && size_of::<Shapes>() == 64,
    "what is written out below"
);

/// AVX-512 with its instructions for neural networks, and matrices of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AmxInt8(Avx512Vnni);

/// The proof that the registers of this thread hold [`SIDE`] rows of 64 bytes:
/// there is none outside of [`AmxInt8::run`].
#[derive(Clone, Copy, Debug)]
struct Registers(());

/// What `ldtilecfg` reads and `sttilecfg` writes.
#[derive(Default)]
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    n_rows: [u8; 16],
}

/// All eight registers as large as they come.
static SHAPES: Shapes = Shapes {
    palette: 1,
    start_row: 0,
    reserved: [0; 14],
    row_bytes: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
    n_rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
};

impl AmxInt8 {
    /// The proof that the processor has it and that Linux lets this process use
    /// it; the only way to one.
    pub(crate) fn detect() -> Option<Self> {
        const TILES: u32 = 1 << 24;
        const BYTES: u32 = 1 << 25;
        let vectors = Avx512Vnni::detect()?;
        #[allow(unused_unsafe, reason = "it is unsafe in older Rust")]
        // SAFETY: every processor with AVX-512 has `cpuid`.
        let features = unsafe { __cpuid_count(7, 0) }.edx;
        let is_there = features & TILES != 0 && features & BYTES != 0 && is_permitted();
        is_there.then_some(Self(vectors))
    }

    pub(crate) fn run<T: Task>(self, task: T) -> T::Output {
        /// The shapes as they were before: mostly none, so that the registers are
        /// not saved whenever the thread is interrupted.
        struct Before(Shapes);

        impl Drop for Before {
            fn drop(&mut self) {
                shape(&self.0);
            }
        }

        /// Only who has an `AmxInt8` may call it.
        fn shape(shapes: &Shapes) {
            // SAFETY: the processor has the instruction; it reads 64 bytes, which `Shapes` has.
            unsafe {
                asm!(
                    "ldtilecfg [{}]", in(reg) shapes,
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack, readonly),
                );
            }
        }

        let mut before = Before(Shapes::default());
        // SAFETY: the processor has the instruction; it writes 64 bytes, which `Shapes` has.
        unsafe { asm!("sttilecfg [{}]", in(reg) &raw mut before.0, options(nostack)) }
        shape(&SHAPES);
        self.0.with(Registers(())).run(task)
    }

    /// Products of bytes of so many steps that touch no memory.
    pub(crate) fn products_in_registers(self, n_steps: usize) -> usize {
        struct Loop(usize);

        impl Task for Loop {
            type Output = ();

            fn run<K: Lanes>(self, _: K) {
                // SAFETY: `AmxInt8::run` alone runs this, with its registers shaped.
                unsafe {
                    asm!(
                        "2:",
                        "tdpbusd tmm0, tmm4, tmm5",
                        "tdpbusd tmm1, tmm4, tmm6",
                        "tdpbusd tmm2, tmm4, tmm7",
                        "tdpbusd tmm3, tmm4, tmm5",
                        "dec {steps}",
                        "jnz 2b",
                        steps = inout(reg) self.0.max(1) => _,
                        out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                        options(nostack, nomem),
                    );
                }
            }
        }

        self.run(Loop(n_steps));
        n_steps.max(1) * PARTS * SIDE * SIDE * LANES * GROUP
    }
}

/// Asks Linux for the registers, which are large: a process must want them. It
/// is asked once, so that the answer stays the same.
fn is_permitted() -> bool {
    const REQUEST: libc::c_long = 0x1023;
    const TILE_DATA: libc::c_long = 18;
    static ANSWER: OnceLock<bool> = OnceLock::new();
    // SAFETY: the call takes two numbers and touches no memory of ours.
    *ANSWER.get_or_init(|| unsafe { libc::syscall(libc::SYS_arch_prctl, REQUEST, TILE_DATA) == 0 })
}

impl Matrices for Registers {
    const BYTE_ROWS: usize = SIDE;

    #[inline(always)]
    fn add_blocks(
        self,
        inputs: &[InputBlock],
        weights: &[WeightBlock],
        adds: bool,
        sums: &mut [[i32; PANEL]; SIDE],
    ) {
        assert_eq!(inputs.len(), weights.len(), "blocks of a product");
        if inputs.is_empty() {
            if !adds {
                sums.fill([0; PANEL]);
            }
            return;
        }
        // SAFETY: `self` proves the instructions and the shape of the registers: 16 rows of 64 bytes. A step reads a
        // block of inputs, whose rows of 64 bytes stand one after the other, and one of weights, whose rows of four
        // times 64 bytes do; there are as many steps as blocks of each. `sums` has 16 rows of 256 bytes.
        unsafe {
            asm!(
                "test {adds:e}, {adds:e}",
                "jnz 2f",
                "tilezero tmm0",
                "tilezero tmm1",
                "tilezero tmm2",
                "tilezero tmm3",
                "jmp 3f",
                "2:",
                "tileloadd tmm0, [{sums} + {wide}]",
                "tileloadd tmm1, [{sums} + {wide} + 64]",
                "tileloadd tmm2, [{sums} + {wide} + 128]",
                "tileloadd tmm3, [{sums} + {wide} + 192]",
                "3:",
                "tileloadd tmm4, [{inputs} + {narrow}]",
                "tileloadd tmm5, [{weights} + {wide}]",
                "tdpbusd tmm0, tmm4, tmm5",
                "tileloadd tmm6, [{weights} + {wide} + 64]",
                "tdpbusd tmm1, tmm4, tmm6",
                "tileloadd tmm7, [{weights} + {wide} + 128]",
                "tdpbusd tmm2, tmm4, tmm7",
                "tileloadd tmm5, [{weights} + {wide} + 192]",
                "tdpbusd tmm3, tmm4, tmm5",
                "add {inputs}, 1024",
                "add {weights}, 4096",
                "dec {steps}",
                "jnz 3b",
                "tilestored [{sums} + {wide}], tmm0",
                "tilestored [{sums} + {wide} + 64], tmm1",
                "tilestored [{sums} + {wide} + 128], tmm2",
                "tilestored [{sums} + {wide} + 192], tmm3",
                adds = in(reg) u32::from(adds),
                sums = in(reg) sums.as_mut_ptr(),
                narrow = in(reg) size_of::<InputBlock>() / SIDE,
                wide = in(reg) size_of::<WeightBlock>() / SIDE,
                inputs = inout(reg) inputs.as_ptr() => _,
                weights = inout(reg) weights.as_ptr() => _,
                steps = inout(reg) inputs.len() => _,
                out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                options(nostack),
            );
        }
    }
}
