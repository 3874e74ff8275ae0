//! The BLAKE3 instruction inside the machine: real programs, their traces altered before they are proven.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use openvm_circuit::arch::instructions::exe::VmExe;
use openvm_circuit::arch::instructions::instruction::Instruction;
use openvm_circuit::arch::instructions::program::Program;
use openvm_circuit::arch::instructions::{LocalOpcode, SystemOpcode};
use openvm_circuit::arch::{PreflightExecutionOutput, VmCircuitConfig, verify_segments};
use openvm_sdk::prover::vm::new_local_prover;
use openvm_sdk::{DefaultStarkEngine, F, SC, StdIn};
use openvm_stark_backend::p3_field::{PrimeCharacteristicRing, PrimeField32};
use openvm_stark_backend::prover::ProvingContext;
use openvm_stark_backend::{AirRef, StarkEngine};
use proofbook_blake3_chip::air::AIR_WIDTH;
use proofbook_blake3_chip::bridge::{BRIDGE_WIDTH, OUT_POINTER};
use proofbook_blake3_chip::compression::compress;
use proofbook_blake3_chip::layout::{BLOCK, HALVES, IS_REAL, RESULT, TWEAK, VALUE, WIDTH};
use proofbook_blake3_chip::opcode::Blake3Opcode;
use serde_json::Value;

use crate::execute::execute;
use crate::host_error::HostError;
use crate::image::{Instance, Sdk};
use crate::panics::caught;
use crate::parameters::Parameters;
use crate::settings::DEFAULT_LOG_STACKED_HEIGHT;

type Context = ProvingContext<<DefaultStarkEngine as StarkEngine>::PB>;

/// Addresses of out, value, block and tweak of one instruction.
type Operands = [u32; 4];

const MEMORY_START: u32 = 0x1000;
/// As much memory as any of the programs has.
const MEMORY_BYTES: usize = 2048;
const APART: Operands = [0x1000, 0x1040, 0x1080, 0x1100];
/// The result over the chaining value, over the block's middle, and over the tweak and what lies behind it.
const OVERLAPPING: [Operands; 3] =
    [[0x1040, 0x1040, 0x1080, 0x1100], [0x109c, 0x1040, 0x1080, 0x1100], [0x1100, 0x10f0, 0x10f4, 0x1100]];

/// What lies at MEMORY_START before the program runs.
fn memory() -> Vec<u8> {
    (0..MEMORY_BYTES).map(|at| (at * 151 + at / 7) as u8).collect()
}

/// The instructions one after the other, a register for each address, and an end with exit code 0.
fn exe(memory: &[u8], operands: &[Operands]) -> Arc<VmExe<F>> {
    let mut image: BTreeMap<(u32, u32), u8> = BTreeMap::new();
    for (at, &byte) in memory.iter().enumerate() {
        image.insert((2, MEMORY_START + at as u32), byte);
    }
    let addresses: BTreeSet<u32> = operands.iter().flatten().copied().collect();
    let registers: BTreeMap<u32, u32> =
        addresses.into_iter().zip(1..32).map(|(address, index)| (address, 4 * index)).collect();
    for (address, register) in &registers {
        for (byte, value) in address.to_le_bytes().into_iter().enumerate() {
            image.insert((1, register + byte as u32), value);
        }
    }
    let mut instructions = vec![];
    for pointers in operands {
        let [out, value, block, tweak] = pointers.map(|pointer| F::from_u32(registers[&pointer]));
        instructions.push(Instruction {
            opcode: Blake3Opcode::Compress.global_opcode(),
            a: out,
            b: value,
            c: block,
            d: F::ONE,
            e: F::TWO,
            f: tweak,
            g: F::ZERO,
        });
    }
    instructions.push(Instruction::from_isize(SystemOpcode::TERMINATE.global_opcode(), 0, 0, 0, 0, 0));
    let mut exe = VmExe::new(Program::from_instructions(&instructions));
    exe.init_memory = image;
    Arc::new(exe)
}

struct Machine {
    sdk: Sdk,
}

impl Machine {
    fn new() -> Self {
        let parameters = Parameters::new(DEFAULT_LOG_STACKED_HEIGHT);
        let made = Sdk::new(parameters.app_config(1 << 34), parameters.aggregation.clone());
        Self { sdk: made.expect("the machine is made") }
    }

    fn instance(&self, operands: &[Operands]) -> Instance {
        self.instance_on(&memory(), operands)
    }

    fn instance_on(&self, memory: &[u8], operands: &[Operands]) -> Instance {
        let exe = exe(memory, operands);
        let made = new_local_prover(*self.sdk.app_vm_builder(), &self.sdk.app_pk().app_vm_pk, exe);
        made.expect("the program is committed")
    }
}

/// Runs a program and gives the traces of its one segment, and the memory behind it.
fn run(instance: &mut Instance) -> (Context, Vec<u8>) {
    let execution = execute(instance, &[]).expect("the program ends well");
    let [cut] = &execution.cuts[..] else { panic!("one segment") };
    instance.reset_state(StdIn::default());
    let state = instance.state_mut().take().expect("a first state");
    let vm = &mut instance.vm;
    vm.transport_init_memory_to_device(&state.memory);
    let ran = vm.execute_preflight(&mut instance.interpreter, state, Some(cut.num_insns), &cut.trace_heights);
    let PreflightExecutionOutput { system_records, record_arenas, to_state } = ran.expect("it runs");
    // SAFETY: address space 2 holds bytes, and the range is inside it.
    let after = unsafe { to_state.memory.memory.get_u8_slice(2, MEMORY_START as usize, MEMORY_BYTES) };
    let after = after.to_vec();
    *instance.state_mut() = Some(to_state);
    (instance.vm.generate_proving_ctx(system_records, record_arenas).expect("traces are made"), after)
}

/// The memory after the instructions, by plain code.
fn expected_memory(operands: &[Operands]) -> Vec<u8> {
    let mut bytes = memory();
    for pointers in operands {
        let [out, value, block, tweak] = pointers.map(|pointer| (pointer - MEMORY_START) as usize);
        let input = [&bytes[value..][..32], &bytes[block..][..64], &bytes[tweak..][..16]].concat();
        let input = input.as_slice().try_into().expect("112 bytes");
        bytes[out..out + 32].copy_from_slice(&compress(input));
    }
    bytes
}

/// The library's debug prover: every constraint of every table, and every bus.
fn is_satisfied(instance: &Instance, context: &Context) -> bool {
    let airs = instance.vm.config().create_airs().expect("the circuit is made");
    let airs: Vec<AirRef<SC>> = airs.into_airs().map(|air| air as AirRef<SC>).collect();
    caught(|| instance.vm.engine.debug(&airs, context)).is_ok()
}

/// The rows of the chip's table in a trace.
fn chip_rows<'a>(instance: &Instance, context: &'a mut Context) -> &'a mut [F] {
    let name = instance.vm.air_names().position(|name| name.contains("Blake3Air"));
    let index = name.expect("the machine has the chip");
    let table = context.per_trace.iter_mut().find(|(air, _)| *air == index);
    let matrix = &mut table.expect("the chip ran").1.common_main;
    assert_eq!(matrix.width, AIR_WIDTH);
    &mut matrix.values
}

#[test]
fn overlapping_operands_read_before_they_write() {
    let machine = Machine::new();
    for operands in [&[APART][..], &OVERLAPPING, &[APART, APART, OVERLAPPING[0], APART, OVERLAPPING[2]]] {
        let mut instance = machine.instance(operands);
        let (context, after) = run(&mut instance);
        assert_eq!(after, expected_memory(operands));
        assert!(is_satisfied(&instance, &context));
    }
}

#[test]
fn an_address_that_is_not_of_a_word_or_not_of_memory_ends_the_program() {
    let machine = Machine::new();
    for operand in 0..4 {
        for (address, reason) in
            [(0x1002, "multiple of 4"), (0x1fff_fffc, "outside"), (0x8000_0000, "outside")]
        {
            let mut operands = APART;
            operands[operand] = address;
            let ended = execute(&machine.instance(&[operands]), &[]).map(|_| ());
            let error = ended.expect_err("it can not be proven");
            assert!(matches!(error, HostError::GuestTrapped { .. }), "{error:?}");
            assert!(format!("{error:?}").contains(reason), "{error:?}");
        }
    }
}

#[test]
fn the_last_words_of_memory_can_be_read_and_written() {
    let end = 1 << 29;
    let machine = Machine::new();
    let mut instance = machine.instance(&[[end - 32, end - 32, end - 64, end - 16]]);
    let (context, _) = run(&mut instance);
    assert!(is_satisfied(&instance, &context));
}

/// BLAKE3 of one chunk as a program of instructions: where its parts lie in memory, and the operands.
fn chunk_program(input: &[u8], key: &[u8; 32], mode: u32) -> (Vec<u8>, Vec<Operands>) {
    let [key_at, result_at, tweaks_at, input_at] = [0, 32, 64, 1024].map(|offset| MEMORY_START + offset);
    let blocks: Vec<&[u8]> = if input.is_empty() { vec![&[]] } else { input.chunks(64).collect() };
    let mut memory = vec![0; MEMORY_BYTES];
    memory[..32].copy_from_slice(key);
    memory[1024..1024 + input.len()].copy_from_slice(input);
    let mut operands = vec![];
    for (index, block) in blocks.iter().enumerate() {
        let flags = [(index == 0, 1), (index == blocks.len() - 1, 2 | 8)];
        let flags = flags.iter().fold(mode, |sum, &(is_set, flag)| if is_set { sum | flag } else { sum });
        let tweak = 64 + 16 * index.min(1) + 16 * usize::from(index == blocks.len() - 1 && index > 0);
        memory[tweak + 8..tweak + 12].copy_from_slice(&(block.len() as u32).to_le_bytes());
        memory[tweak + 12..tweak + 16].copy_from_slice(&flags.to_le_bytes());
        let value = if index == 0 { key_at } else { result_at };
        operands.push([result_at, value, input_at + 64 * index as u32, tweaks_at + tweak as u32 - 64]);
    }
    (memory, operands)
}

#[test]
fn gives_the_official_digests_of_one_chunk() {
    let vectors: Value = serde_json::from_str(include_str!("../../../test/vectors/blake3.json"))
        .expect("the vectors are JSON");
    let key: [u8; 32] = vectors["key"].as_str().expect("a key").as_bytes().try_into().expect("32 bytes");
    let initial: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    let initial: [u8; 32] = initial.map(u32::to_le_bytes).concat().try_into().expect("32 bytes");
    let machine = Machine::new();
    let cases = vectors["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 4);
    for case in cases {
        let length = case["inputLength"].as_u64().expect("a length");
        let input: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
        for (name, key, mode) in [("hash", &initial, 0), ("keyedHash", &key, 16)] {
            let (memory, operands) = chunk_program(&input, key, mode);
            let mut instance = machine.instance_on(&memory, &operands);
            let (context, after) = run(&mut instance);
            assert_eq!(Value::from(hex::encode(&after[32..64])), case[name], "{name} of {length} bytes");
            assert!(is_satisfied(&instance, &context));
        }
    }
}

/// A column of each kind, changed in the trace of a real program: the constraints or the machine's buses refuse it.
#[test]
fn the_debug_prover_refuses_a_change_of_every_kind_of_column() {
    let machine = Machine::new();
    let mut instance = machine.instance(&[APART, OVERLAPPING[1]]);
    let registers = WIDTH + 2;
    let pointers = registers + 4;
    let register_reads = pointers + 16;
    let reads = register_reads + 12;
    let writes = reads + 84;
    assert_eq!(writes + 56, WIDTH + BRIDGE_WIDTH);
    let kinds = [
        ("selector", IS_REAL),
        ("value", VALUE + 20),
        ("block", BLOCK + 9),
        ("counter", TWEAK),
        ("block length", TWEAK + 8),
        ("flags", TWEAK + 12),
        ("sum", HALVES),
        ("xor", HALVES + 25),
        ("low bits", HALVES + 36),
        ("last half-mix", RESULT - 2),
        ("result", RESULT + 31),
        ("program counter", WIDTH),
        ("timestamp", WIDTH + 1),
        ("register", registers + 2),
        ("out pointer", pointers + 4 * OUT_POINTER),
        ("tweak pointer", pointers + 13),
        ("register read: timestamp before", register_reads),
        ("read: timestamp before", reads + 3 * 8),
        ("read: limb of the distance", reads + 3 * 8 + 1),
        ("write: timestamp before", writes + 7),
        ("write: limb of the distance", writes + 8),
        ("write: word before", writes + 10),
    ];
    for (name, column) in kinds {
        let (mut context, _) = run(&mut instance);
        let rows = chip_rows(&instance, &mut context);
        rows[column] = if column == IS_REAL { F::ZERO } else { rows[column] + F::ONE };
        assert!(!is_satisfied(&instance, &context), "{name}");
    }
}

/// What a cheating prover would do: prove all the same. The proof that it gets is none.
#[test]
fn a_proof_of_an_altered_trace_does_not_verify() {
    let machine = Machine::new();
    let mut instance = machine.instance(&[APART, APART, OVERLAPPING[0]]);
    let vk = machine.sdk.app_vk().vk;
    let mut verify = |column: Option<usize>| {
        let (mut context, _) = run(&mut instance);
        if let Some(column) = column {
            let cell = &mut chip_rows(&instance, &mut context)[column];
            *cell = F::from_u32(cell.as_canonical_u32() ^ 1);
        }
        let vm = &instance.vm;
        let verified = caught(|| {
            let proof = vm.engine.prove(vm.pk(), context).ok()?;
            verify_segments(&vm.engine, &vk, &[proof]).ok()
        });
        matches!(verified, Ok(Some(_)))
    };
    assert!(verify(None));
    for column in [RESULT, WIDTH + 6, IS_REAL] {
        assert!(!verify(Some(column)), "column {column}");
    }
}
