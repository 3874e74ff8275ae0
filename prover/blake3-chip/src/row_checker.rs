//! A builder that evaluates the constraints of one given row, honest or not, answers lookups from the tables that they are
//! for, and keeps what the row says on the buses of the machine.

use openvm_circuit::arch::{ExecutionBridge, ExecutionBus};
use openvm_circuit::system::memory::offline_checker::{MemoryBridge, MemoryBus};
use openvm_circuit::system::program::ProgramBus;
use openvm_circuit_primitives::bitwise_op_lookup::BitwiseOperationLookupBus;
use openvm_circuit_primitives::var_range::VariableRangeCheckerBus;
use openvm_stark_backend::{
    interaction::{BusIndex, Interaction, InteractionBuilder, PermutationCheckBus},
    p3_air::{Air, AirBuilder},
    p3_field::{PrimeCharacteristicRing, PrimeField32},
    p3_matrix::dense::RowMajorMatrixView,
};
use p3_baby_bear::BabyBear;

use crate::air::{AIR_WIDTH, Blake3Air};
use crate::bridge::Bridge;

pub const EXECUTION: BusIndex = 0;
pub const MEMORY: BusIndex = 1;
pub const PROGRAM: BusIndex = 2;
const RANGE: BusIndex = 3;
const BITWISE: BusIndex = 4;

/// The sizes of OpenVM's default system configuration.
pub const POINTER_MAX_BITS: usize = 29;
pub const TIMESTAMP_MAX_BITS: usize = 29;
pub const RANGE_MAX_BITS: usize = 17;

pub fn air() -> Blake3Air {
    let execution = ExecutionBus { inner: PermutationCheckBus::new(EXECUTION) };
    let range = VariableRangeCheckerBus::new(RANGE, RANGE_MAX_BITS);
    let bridge = Bridge {
        execution: ExecutionBridge::new(execution, ProgramBus::new(PROGRAM)),
        memory: MemoryBridge::new(MemoryBus::new(MEMORY), TIMESTAMP_MAX_BITS, range),
        bitwise: BitwiseOperationLookupBus::new(BITWISE),
        pointer_max_bits: POINTER_MAX_BITS,
    };
    Blake3Air { bridge }
}

/// A message on a bus of the machine: bus, fields, and how often, as a number of the field.
pub type Message = (BusIndex, Vec<u32>, u32);

/// What the constraints say of one row.
#[derive(Debug, PartialEq)]
pub struct Verdict {
    /// Constraints that are not zero.
    pub broken_constraints: usize,
    /// Lookups in the bitwise table.
    pub bitwise_lookups: usize,
    /// Lookups in the range table.
    pub range_lookups: usize,
    /// Lookups of keys which their table does not hold.
    pub refused_lookups: usize,
    /// What the row says of the program, the execution and the memory, in the order in which it does.
    pub said: Vec<Message>,
}

impl Verdict {
    pub fn is_refused(&self) -> bool {
        self.broken_constraints + self.refused_lookups > 0
    }
}

pub fn check_row(row: &[BabyBear]) -> Verdict {
    let verdict = Verdict {
        broken_constraints: 0,
        bitwise_lookups: 0,
        range_lookups: 0,
        refused_lookups: 0,
        said: vec![],
    };
    let mut builder = RowChecker { row, verdict };
    air().eval(&mut builder);
    builder.verdict
}

struct RowChecker<'a> {
    row: &'a [BabyBear],
    verdict: Verdict,
}

impl<'a> AirBuilder for RowChecker<'a> {
    type F = BabyBear;
    type Expr = BabyBear;
    type Var = BabyBear;
    type M = RowMajorMatrixView<'a, BabyBear>;

    fn main(&self) -> Self::M {
        RowMajorMatrixView::new(self.row, AIR_WIDTH)
    }
    fn is_first_row(&self) -> BabyBear {
        panic!("the AIR has no constraint between rows")
    }
    fn is_last_row(&self) -> BabyBear {
        panic!("the AIR has no constraint between rows")
    }
    fn is_transition_window(&self, _size: usize) -> BabyBear {
        panic!("the AIR has no constraint between rows")
    }
    fn assert_zero<I: Into<BabyBear>>(&mut self, x: I) {
        self.verdict.broken_constraints += usize::from(x.into() != BabyBear::ZERO);
    }
}

impl InteractionBuilder for RowChecker<'_> {
    fn push_interaction<E: Into<BabyBear>>(
        &mut self,
        bus_index: BusIndex,
        fields: impl IntoIterator<Item = E>,
        count: impl Into<BabyBear>,
        _count_weight: u32,
    ) {
        let key: Vec<u32> = fields.into_iter().map(|field| field.into().as_canonical_u32()).collect();
        let count: BabyBear = count.into();
        let holds = match (bus_index, &key[..]) {
            (BITWISE, &[x, y, 0, 0]) => x < 256 && y < 256,
            (BITWISE, &[x, y, z, 1]) => x < 256 && y < 256 && z == x ^ y,
            (BITWISE, _) => false,
            (RANGE, &[value, bits]) => (1..=RANGE_MAX_BITS as u32).contains(&bits) && value < 1 << bits,
            (RANGE, _) => panic!("a range lookup has two fields"),
            _ => {
                if count != BabyBear::ZERO {
                    self.verdict.said.push((bus_index, key, count.as_canonical_u32()));
                }
                return;
            }
        };
        self.verdict.bitwise_lookups += usize::from(bus_index == BITWISE);
        self.verdict.range_lookups += usize::from(bus_index == RANGE);
        self.verdict.refused_lookups += usize::from(count != BabyBear::ZERO && !holds);
    }
    fn num_interactions(&self) -> usize {
        self.verdict.bitwise_lookups
    }
    fn all_interactions(&self) -> &[Interaction<BabyBear>] {
        &[]
    }
}
