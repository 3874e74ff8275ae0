//! The extension: executor, circuit and prover of the one instruction, for any VM that has OpenVM's memory.

use std::sync::Arc;

use derive_more::derive::From;
use openvm_circuit::arch::{
    AirInventory, AirInventoryError, ChipInventory, ChipInventoryError, ExecutionBridge,
    ExecutorInventoryBuilder, ExecutorInventoryError, RowMajorMatrixArena, VmCircuitExtension,
    VmExecutionExtension, VmProverExtension,
};
use openvm_circuit::system::SystemPort;
use openvm_circuit::system::memory::SharedMemoryHelper;
use openvm_circuit_derive::{AnyEnum, Executor, MeteredExecutor, PreflightExecutor};
use openvm_circuit_primitives::bitwise_op_lookup::{
    BitwiseOperationLookupAir, BitwiseOperationLookupBus, BitwiseOperationLookupChip,
    SharedBitwiseOperationLookupChip,
};
use openvm_cpu_backend::{CpuBackend, CpuDevice};
use openvm_instructions::LocalOpcode;
use openvm_instructions::riscv::RV32_CELL_BITS;
use openvm_stark_backend::p3_field::PrimeField32;
use openvm_stark_backend::{StarkEngine, StarkProtocolConfig, Val};
use serde::{Deserialize, Serialize};

use crate::air::Blake3Air;
use crate::bridge::Bridge;
use crate::execution::Blake3Executor;
use crate::filler::{Blake3Chip, Blake3Filler};
use crate::opcode::Blake3Opcode;

/// BLAKE3's compression function as one instruction.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Blake3;

#[derive(Clone, Copy, From, AnyEnum, Executor, MeteredExecutor, PreflightExecutor)]
pub enum Blake3ExtensionExecutor {
    Compress(Blake3Executor),
}

impl<F> VmExecutionExtension<F> for Blake3 {
    type Executor = Blake3ExtensionExecutor;

    fn extend_execution(
        &self,
        inventory: &mut ExecutorInventoryBuilder<F, Blake3ExtensionExecutor>,
    ) -> Result<(), ExecutorInventoryError> {
        let executor = Blake3Executor { pointer_max_bits: inventory.pointer_max_bits() };
        inventory.add_executor(executor, [Blake3Opcode::Compress.global_opcode()])
    }
}

impl<SC: StarkProtocolConfig> VmCircuitExtension<SC> for Blake3 {
    fn extend_circuit(&self, inventory: &mut AirInventory<SC>) -> Result<(), AirInventoryError> {
        let SystemPort { execution_bus, program_bus, memory_bridge } = inventory.system().port();
        let pointer_max_bits = inventory.pointer_max_bits();
        let existing = inventory.find_air::<BitwiseOperationLookupAir<RV32_CELL_BITS>>().next();
        let bitwise = match existing.map(|air| air.bus) {
            Some(bus) => bus,
            None => {
                let bus = BitwiseOperationLookupBus::new(inventory.new_bus_idx());
                inventory.add_air(BitwiseOperationLookupAir::<RV32_CELL_BITS>::new(bus));
                bus
            }
        };
        let execution = ExecutionBridge::new(execution_bus, program_bus);
        let bridge = Bridge { execution, memory: memory_bridge, bitwise, pointer_max_bits };
        inventory.add_air(Blake3Air { bridge });
        Ok(())
    }
}

/// Rows are made on the CPU.
pub struct Blake3CpuProverExtension;

impl<SC, E, RA> VmProverExtension<E, RA, Blake3> for Blake3CpuProverExtension
where
    SC: StarkProtocolConfig,
    E: StarkEngine<SC = SC, PB = CpuBackend<SC>, PD = CpuDevice<SC>>,
    RA: RowMajorMatrixArena<Val<SC>>,
    Val<SC>: PrimeField32,
    SC::EF: Ord,
{
    fn extend_prover(
        &self,
        _: &Blake3,
        inventory: &mut ChipInventory<SC, RA, CpuBackend<SC>>,
    ) -> Result<(), ChipInventoryError> {
        let helper =
            SharedMemoryHelper::new(inventory.range_checker()?.clone(), inventory.timestamp_max_bits());
        let pointer_max_bits = inventory.airs().pointer_max_bits();
        let existing =
            inventory.find_chip::<SharedBitwiseOperationLookupChip<RV32_CELL_BITS>>().next().cloned();
        let bitwise = match existing {
            Some(chip) => chip,
            None => {
                let air: &BitwiseOperationLookupAir<RV32_CELL_BITS> = inventory.next_air()?;
                let chip = Arc::new(BitwiseOperationLookupChip::new(air.bus));
                inventory.add_periphery_chip(chip.clone());
                chip
            }
        };
        inventory.next_air::<Blake3Air>()?;
        inventory.add_executor_chip(Blake3Chip::new(Blake3Filler::new(bitwise, pointer_max_bits), helper));
        Ok(())
    }
}
