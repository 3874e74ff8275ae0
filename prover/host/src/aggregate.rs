//! Folds the proofs of all segments into one STARK: the library's own tree, one node at a time, so that
//! every node can be reported.

use openvm_continuations::prover::ChildVkKind;
use openvm_sdk::DefaultStarkEngine as Engine;
use openvm_sdk::SC;
use openvm_sdk::prover::AggProver;
use openvm_stark_backend::proof::Proof;

use crate::host_error::HostError;
use crate::seal::{AppProof, StarkProof};

/// The shape of the tree over `segments` leaves: nodes of each layer, bottom up. The last layer shrinks the proof.
#[derive(Debug, PartialEq)]
struct Layers {
    leaf: usize,
    internal_for_leaf: usize,
    recursive: Vec<usize>,
}

impl Layers {
    fn new(segments: usize, leaf_arity: usize, internal_arity: usize) -> Self {
        let leaf = segments.div_ceil(leaf_arity);
        let internal_for_leaf = leaf.div_ceil(internal_arity);
        let mut recursive = vec![internal_for_leaf.div_ceil(internal_arity)];
        while let Some(&last) = recursive.last()
            && last > 1
        {
            recursive.push(last.div_ceil(internal_arity));
        }
        recursive.push(1);
        Self { leaf, internal_for_leaf, recursive }
    }

    fn nodes(&self) -> usize {
        self.leaf + self.internal_for_leaf + self.recursive.iter().sum::<usize>()
    }
}

/// Folds `proof`; `report(done, total)` counts nodes of the tree. Panics of the library pass through.
pub fn aggregate(
    prover: &AggProver,
    proof: AppProof,
    mut report: impl FnMut(usize, usize),
) -> Result<StarkProof, HostError> {
    let tree = prover.agg_tree_config;
    let layers = Layers::new(proof.per_segment.len(), tree.num_children_leaf, tree.num_children_internal);
    let total = layers.nodes();
    let mut done = 0;
    report(done, total);
    let mut node = |made: Result<Proof<SC>, _>| -> Result<Proof<SC>, HostError> {
        done += 1;
        report(done, total);
        made.map_err(failed)
    };

    let mut proofs = Vec::with_capacity(layers.leaf);
    for children in proof.per_segment.chunks(tree.num_children_leaf) {
        proofs.push(node(prover.leaf_prover.agg_prove_no_def::<Engine>(children, ChildVkKind::App))?);
    }
    let mut next = Vec::with_capacity(layers.internal_for_leaf);
    for children in proofs.chunks(tree.num_children_internal) {
        let internal = &prover.internal_for_leaf_prover;
        next.push(node(internal.agg_prove_no_def::<Engine>(children, ChildVkKind::Standard))?);
    }
    for (height, &count) in layers.recursive.iter().enumerate() {
        let kind = if height == 0 { ChildVkKind::Standard } else { ChildVkKind::RecursiveSelf };
        proofs = std::mem::replace(&mut next, Vec::with_capacity(count));
        for children in proofs.chunks(tree.num_children_internal) {
            let recursive = &prover.internal_recursive_prover;
            next.push(node(recursive.agg_prove_no_def::<Engine>(children, kind))?);
        }
    }
    let inner = next.pop().ok_or_else(|| failed("the tree has no root"))?;
    Ok(StarkProof { inner, user_pvs_proof: proof.user_public_values, deferral_merkle_proofs: None })
}

fn failed(error: impl ToString) -> HostError {
    HostError::ProveFailed { stage: "aggregating", reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_the_library_s() {
        let one = Layers::new(1, 4, 3);
        assert_eq!((one.leaf, one.internal_for_leaf, &one.recursive[..]), (1, 1, &[1, 1][..]));
        assert_eq!(one.nodes(), 4);
        let many = Layers::new(121, 4, 3);
        assert_eq!((many.leaf, many.internal_for_leaf), (31, 11));
        assert_eq!(many.recursive, vec![4, 2, 1, 1]);
    }
}
