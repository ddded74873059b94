//! The Merkle tree of a log: its hashes, and the frontier that appending needs.
//!
//! It must never hash an entry as if it were an inner node: the prefixes keep the two apart.
//!
//! # Source
//!
//! RFC 6962 section 2.1 (RFC 9162 section 2.1.1).

use crate::Digest;

/// Hashed before an entry's bytes.
const LEAF_PREFIX: &[u8] = &[0];

/// Hashed before two child hashes.
const NODE_PREFIX: &[u8] = &[1];

/// The hash of a leaf with these bytes.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    Digest::of(&[LEAF_PREFIX, bytes])
}

/// The hash of an inner node.
pub(crate) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[NODE_PREFIX, left.as_bytes(), right.as_bytes()])
}

/// The root of the tree over these leaves.
pub fn tree_root(leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// The right edge of a tree: the roots of the perfect subtrees it is made of, largest first. All
/// that appending and the root need, in at most 64 hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Digest>,
}

/// Why bytes are no frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// The length does not fit the size that the bytes name.
    #[error("the frontier's length does not fit its size")]
    Length,
}

impl FrontierError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "audit-frontier-length",
        }
    }
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn append(&mut self, leaf: Digest) {
        let mut node = leaf;
        // Each set bit at the low end of the size is a perfect subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// The root of the tree; of the empty tree, the hash of nothing.
    pub fn root(&self) -> Digest {
        let mut nodes = self.nodes.iter().rev();
        match nodes.next() {
            None => Digest::of(&[]),
            Some(last) => nodes.fold(*last, |right, left| node_hash(left, &right)),
        }
    }

    /// The size as eight bytes, big end first, then the hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for node in &self.nodes {
            bytes.extend_from_slice(node.as_bytes());
        }
        bytes
    }

    /// Reads [`to_bytes`](Self::to_bytes) back.
    ///
    /// # Errors
    ///
    /// [`FrontierError::Length`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, hashes) = bytes
            .split_first_chunk::<8>()
            .ok_or(FrontierError::Length)?;
        let size = u64::from_be_bytes(*size);
        if hashes.len() as u64 != u64::from(size.count_ones()) * 32 {
            return Err(FrontierError::Length);
        }
        let nodes = hashes
            .chunks_exact(32)
            .filter_map(Digest::from_slice)
            .collect();
        Ok(Self { size, nodes })
    }
}
