//! Proofs about a tree: that a leaf is in it, and that a smaller tree is its beginning.
//!
//! They are built from leaf hashes and checked from roots alone; checking must never trust a size
//! or index that the proof itself brought.
//!
//! # Source
//!
//! RFC 9162 sections 2.1.3 and 2.1.4 (the trees of RFC 6962).

use crate::Digest;
use crate::tree::{node_hash, tree_root};

/// Proves that a leaf stands at an index of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    path: Vec<Digest>,
}

/// Proves that a tree begins with all the leaves of a smaller one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    path: Vec<Digest>,
}

/// Why a proof cannot be built or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index or the smaller size lies beyond the tree.
    #[error("the index or size lies beyond the tree")]
    OutOfRange,
    /// The proof has too many or too few hashes.
    #[error("the proof has the wrong length")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

impl ProofError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutOfRange => "audit-proof-out-of-range",
            Self::Length => "audit-proof-length",
            Self::Root => "audit-proof-root",
        }
    }
}

impl InclusionProof {
    /// Builds the proof for the leaf at `index` among `leaves`.
    ///
    /// # Errors
    ///
    /// [`ProofError::OutOfRange`].
    pub fn build(leaves: &[Digest], index: u64) -> Result<Self, ProofError> {
        let index = usize::try_from(index).map_err(|_| ProofError::OutOfRange)?;
        if index >= leaves.len() {
            return Err(ProofError::OutOfRange);
        }
        let mut path = Vec::new();
        inclusion_path(leaves, index, &mut path);
        Ok(Self { path })
    }

    /// A proof read back from its hashes.
    pub fn from_path(path: Vec<Digest>) -> Self {
        Self { path }
    }

    /// The hashes, from the leaf's sibling up.
    pub fn path(&self) -> &[Digest] {
        &self.path
    }

    /// Checks that `leaf` stands at `index` of the tree with this size and root.
    ///
    /// # Errors
    ///
    /// See [`ProofError`].
    pub fn verify(
        &self,
        leaf: &Digest,
        index: u64,
        size: u64,
        root: &Digest,
    ) -> Result<(), ProofError> {
        if index >= size {
            return Err(ProofError::OutOfRange);
        }
        let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
        for sibling in &self.path {
            if last == 0 {
                return Err(ProofError::Length);
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(sibling, &hash);
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node_hash(&hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(ProofError::Length);
        }
        if hash == *root {
            Ok(())
        } else {
            Err(ProofError::Root)
        }
    }
}

impl ConsistencyProof {
    /// Builds the proof that the tree over `leaves` begins with its first `old_size` leaves.
    ///
    /// # Errors
    ///
    /// [`ProofError::OutOfRange`].
    pub fn build(leaves: &[Digest], old_size: u64) -> Result<Self, ProofError> {
        let old = usize::try_from(old_size).map_err(|_| ProofError::OutOfRange)?;
        if old > leaves.len() {
            return Err(ProofError::OutOfRange);
        }
        let mut path = Vec::new();
        if old != 0 && old != leaves.len() {
            consistency_path(leaves, old, Whole::Yes, &mut path);
        }
        Ok(Self { path })
    }

    /// A proof read back from its hashes.
    pub fn from_path(path: Vec<Digest>) -> Self {
        Self { path }
    }

    /// The hashes, in the order of RFC 6962.
    pub fn path(&self) -> &[Digest] {
        &self.path
    }

    /// Checks that the tree (`new_size`, `new_root`) begins with the tree (`old_size`, `old_root`).
    ///
    /// # Errors
    ///
    /// See [`ProofError`].
    pub fn verify(
        &self,
        old_size: u64,
        old_root: &Digest,
        new_size: u64,
        new_root: &Digest,
    ) -> Result<(), ProofError> {
        if old_size > new_size {
            return Err(ProofError::OutOfRange);
        }
        if old_size == 0 || old_size == new_size {
            return self.verify_trivial(old_size, old_root, new_size, new_root);
        }
        let mut path = self.path.iter();
        // A complete old tree is itself the first node of the path, and is left out of it.
        let first = if old_size.is_power_of_two() {
            *old_root
        } else {
            *path.next().ok_or(ProofError::Length)?
        };
        let (mut node, mut last) = (old_size - 1, new_size - 1);
        while node & 1 == 1 {
            node >>= 1;
            last >>= 1;
        }
        let (mut old_hash, mut new_hash) = (first, first);
        for sibling in path {
            if last == 0 {
                return Err(ProofError::Length);
            }
            if node & 1 == 1 || node == last {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                new_hash = node_hash(&new_hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(ProofError::Length);
        }
        if old_hash == *old_root && new_hash == *new_root {
            Ok(())
        } else {
            Err(ProofError::Root)
        }
    }

    /// Nothing is the beginning of everything, and every tree its own: neither takes a hash.
    fn verify_trivial(
        &self,
        old_size: u64,
        old_root: &Digest,
        new_size: u64,
        new_root: &Digest,
    ) -> Result<(), ProofError> {
        if !self.path.is_empty() {
            return Err(ProofError::Length);
        }
        let old_fits = if old_size == new_size {
            old_root == new_root
        } else {
            *old_root == tree_root(&[])
        };
        if old_fits {
            Ok(())
        } else {
            Err(ProofError::Root)
        }
    }
}

/// Whether the part at hand is still the whole old tree, whose root the verifier knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    1 << (usize::BITS - 1 - (count - 1).leading_zeros())
}

fn inclusion_path(leaves: &[Digest], index: usize, path: &mut Vec<Digest>) {
    if leaves.len() < 2 {
        return;
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    if index < at {
        inclusion_path(left, index, path);
        path.push(tree_root(right));
    } else {
        inclusion_path(right, index - at, path);
        path.push(tree_root(left));
    }
}

fn consistency_path(leaves: &[Digest], old: usize, whole: Whole, path: &mut Vec<Digest>) {
    if old == leaves.len() {
        if whole == Whole::No {
            path.push(tree_root(leaves));
        }
        return;
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    if old <= at {
        consistency_path(left, old, whole, path);
        path.push(tree_root(right));
    } else {
        consistency_path(right, old - at, Whole::No, path);
        path.push(tree_root(left));
    }
}
