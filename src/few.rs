//! Lists that are short in most scenarios, kept where they stand: opening a replication asks for less memory, and what is
//! looked at together lies together. Longer ones go to memory of their own.

use smallvec::SmallVec;

/// Something of each number, segment, list or template of a scenario, most of which have one.
pub type One<T> = SmallVec<[T; 1]>;

/// Something of which there are seldom more than eight.
pub type Few<T> = SmallVec<[T; 8]>;
