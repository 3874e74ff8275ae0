//! Proofbook's VM: RV32IM, input and output, and the BLAKE3 instruction.

use openvm_circuit::arch::instructions::DEFERRAL_AS;
use openvm_circuit::arch::{
    AirInventory, ChipInventoryError, InitFileGenerator, MatrixRecordArena, SystemConfig, VmBuilder,
    VmChipComplex, VmField, VmProverExtension,
};
use openvm_circuit::system::{SystemChipInventory, SystemCpuBuilder, SystemExecutor};
use openvm_circuit_derive::VmConfig;
use openvm_cpu_backend::{CpuBackend, CpuDevice};
use openvm_rv32im_circuit::{
    Rv32I, Rv32IExecutor, Rv32ImCpuProverExt, Rv32Io, Rv32IoExecutor, Rv32M, Rv32MExecutor,
};
use openvm_rv32im_transpiler::{
    Rv32ITranspilerExtension, Rv32IoTranspilerExtension, Rv32MTranspilerExtension,
};
use openvm_sdk_config::TranspilerConfig;
use openvm_stark_backend::{EngineDeviceCtx, StarkEngine, StarkProtocolConfig, Val};
use openvm_stark_sdk::config::baby_bear_poseidon2::F;
use openvm_transpiler::transpiler::Transpiler;
use proofbook_blake3_chip::extension::{Blake3, Blake3CpuProverExtension, Blake3ExtensionExecutor};
use proofbook_blake3_chip::transpiler::Blake3TranspilerExtension;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, VmConfig, Serialize, Deserialize)]
pub struct ProofbookVmConfig {
    #[config(executor = "SystemExecutor<F>")]
    pub system: SystemConfig,
    #[extension(executor = "Rv32IExecutor")]
    pub rv32i: Rv32I,
    #[extension(executor = "Rv32IoExecutor")]
    pub io: Rv32Io,
    #[extension(executor = "Rv32MExecutor")]
    pub rv32m: Rv32M,
    #[extension(executor = "Blake3ExtensionExecutor")]
    pub blake3: Blake3,
}

impl Default for ProofbookVmConfig {
    fn default() -> Self {
        let mut system = SystemConfig::default();
        // Nothing is deferred, so the memory of deferred calls is left out of the proof.
        if let Some(deferral) = system.memory_config.addr_spaces.get_mut(DEFERRAL_AS as usize) {
            deferral.num_cells = 0;
        }
        Self { system, rv32i: Rv32I, io: Rv32Io, rv32m: Rv32M::default(), blake3: Blake3 }
    }
}

/// Guests of this VM need no file that is made from its configuration.
impl InitFileGenerator for ProofbookVmConfig {}

impl TranspilerConfig<F> for ProofbookVmConfig {
    fn transpiler(&self) -> Transpiler<F> {
        Transpiler::default()
            .with_extension(Rv32ITranspilerExtension)
            .with_extension(Rv32IoTranspilerExtension)
            .with_extension(Rv32MTranspilerExtension)
            .with_extension(Blake3TranspilerExtension)
    }
}

/// Builds the VM's prover on the CPU.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProofbookVmCpuBuilder;

impl<SC, E> VmBuilder<E> for ProofbookVmCpuBuilder
where
    SC: StarkProtocolConfig,
    E: StarkEngine<SC = SC, PB = CpuBackend<SC>, PD = CpuDevice<SC>>,
    Val<SC>: VmField,
    SC::EF: Ord,
{
    type VmConfig = ProofbookVmConfig;
    type SystemChipInventory = SystemChipInventory<SC>;
    type RecordArena = MatrixRecordArena<Val<SC>>;

    fn create_chip_complex(
        &self,
        config: &ProofbookVmConfig,
        circuit: AirInventory<SC>,
        device: &EngineDeviceCtx<E>,
    ) -> Result<VmChipComplex<SC, Self::RecordArena, E::PB, Self::SystemChipInventory>, ChipInventoryError>
    {
        let mut complex =
            VmBuilder::<E>::create_chip_complex(&SystemCpuBuilder, &config.system, circuit, device)?;
        let inventory = &mut complex.inventory;
        // In the order of the configuration's fields, which is the order of the circuit's tables.
        VmProverExtension::<E, _, _>::extend_prover(&Rv32ImCpuProverExt, &config.rv32i, inventory)?;
        VmProverExtension::<E, _, _>::extend_prover(&Rv32ImCpuProverExt, &config.io, inventory)?;
        VmProverExtension::<E, _, _>::extend_prover(&Rv32ImCpuProverExt, &config.rv32m, inventory)?;
        VmProverExtension::<E, _, _>::extend_prover(&Blake3CpuProverExtension, &config.blake3, inventory)?;
        Ok(complex)
    }
}

#[cfg(test)]
#[path = "vm_tests.rs"]
mod tests;
