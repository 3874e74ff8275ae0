//! Proves a run segment by segment, cut where we say. The library's own loop cuts by one limit; this one takes the cuts
//! that [`crate::execute`] found cheapest. A verifier sees only that the segments join.

use openvm_circuit::arch::execution_mode::Segment;
use openvm_circuit::arch::hasher::poseidon2::vm_poseidon2_hasher;
use openvm_circuit::arch::{PreflightExecutionOutput, VirtualMachineError};
use openvm_circuit::system::memory::merkle::public_values::UserPublicValuesProof;
use openvm_sdk::StdIn;
use openvm_stark_backend::StarkEngine;

use crate::image::Instance;
use crate::seal::AppProof;

/// Runs the guest from its first state and proves each of `cuts`; `before(index)` is called before each.
pub fn prove_segments(
    instance: &mut Instance,
    input: StdIn,
    cuts: &[Segment],
    before: &mut dyn FnMut(usize),
) -> Result<AppProof, VirtualMachineError> {
    instance.reset_state(input);
    let mut state = instance.state_mut().take();
    let vm = &mut instance.vm;
    let mut per_segment = Vec::with_capacity(cuts.len());
    for (index, cut) in cuts.iter().enumerate() {
        before(index);
        let from = state.take().expect("a segment leaves a state");
        vm.transport_init_memory_to_device(&from.memory);
        let PreflightExecutionOutput { system_records, record_arenas, to_state } =
            vm.execute_preflight(&mut instance.interpreter, from, Some(cut.num_insns), &cut.trace_heights)?;
        state = Some(to_state);
        let context = vm.generate_proving_ctx(system_records, record_arenas)?;
        per_segment.push(vm.engine.prove(vm.pk(), context).expect("an honest trace is proven"));
    }
    let last = state.expect("the first state");
    let config = vm.config().as_ref();
    let tree = vm.memory_top_tree().expect("the memory of the last segment");
    let user_public_values = UserPublicValuesProof::compute(
        config.memory_config.memory_dimensions(),
        config.num_public_values,
        &vm_poseidon2_hasher(),
        &last.memory.memory,
        tree,
    );
    *instance.state_mut() = Some(last);
    Ok(AppProof { per_segment, user_public_values })
}
