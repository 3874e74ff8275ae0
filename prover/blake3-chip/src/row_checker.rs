//! A builder that evaluates the constraints of one given row, honest or not, and answers lookups from the bitwise table.

use openvm_stark_backend::{
    interaction::{BusIndex, Interaction, InteractionBuilder},
    p3_air::{Air, AirBuilder},
    p3_field::{PrimeCharacteristicRing, PrimeField32},
    p3_matrix::dense::RowMajorMatrixView,
};
use p3_baby_bear::BabyBear;

use crate::{air::Blake3CompressionAir, layout::WIDTH};

const BITWISE: BusIndex = 1;
const COMPRESSIONS: BusIndex = 2;

pub fn air() -> Blake3CompressionAir {
    use openvm_stark_backend::interaction::LookupBus;
    Blake3CompressionAir { bitwise: LookupBus::new(BITWISE), compressions: LookupBus::new(COMPRESSIONS) }
}

/// What the constraints say of one row.
#[derive(Debug, PartialEq)]
pub struct Verdict {
    /// Constraints that are not zero.
    pub broken_constraints: usize,
    /// Lookups of the row.
    pub lookups: usize,
    /// Lookups of keys which the bitwise table does not hold.
    pub refused_lookups: usize,
    /// What the row says to the memory bridge, with its multiplicity.
    pub said: (Vec<u32>, u32),
}

impl Verdict {
    pub fn is_refused(&self) -> bool {
        self.broken_constraints + self.refused_lookups > 0
    }
}

pub fn check_row(row: &[BabyBear]) -> Verdict {
    let said = (vec![], 0);
    let verdict = Verdict { broken_constraints: 0, lookups: 0, refused_lookups: 0, said };
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
        RowMajorMatrixView::new(self.row, WIDTH)
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
        if bus_index == COMPRESSIONS {
            self.verdict.said = (key, (-count).as_canonical_u32());
            return;
        }
        assert_eq!(bus_index, BITWISE);
        self.verdict.lookups += 1;
        let holds = match key[..] {
            [x, y, 0, 0] => x < 256 && y < 256,
            [x, y, z, 1] => x < 256 && y < 256 && z == x ^ y,
            _ => false,
        };
        self.verdict.refused_lookups += usize::from(count != BabyBear::ZERO && !holds);
    }
    fn num_interactions(&self) -> usize {
        self.verdict.lookups
    }
    fn all_interactions(&self) -> &[Interaction<BabyBear>] {
        &[]
    }
}
