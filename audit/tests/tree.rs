//! The tree, against published roots and against another implementation.

use agent_factory_audit::{Digest, Frontier, FrontierError, leaf_hash, tree_root};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

/// The leaves and roots that Certificate Transparency's own tests publish for RFC 6962.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_published_trees_have_the_published_roots() {
    let leaves: Vec<Digest> = LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect();
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(tree_root(&leaves[..size]).to_string(), *root, "size {size}");
    }
}

proptest! {
    #[test]
    fn every_tree_has_the_root_another_implementation_finds(
        leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..200),
    ) {
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut frontier = Frontier::new();
        for leaf in leaves {
            frontier.append(leaf_hash(&leaf));
            oracle.push(leaf);
            prop_assert_eq!(frontier.root().as_bytes()[..].to_vec(), oracle.root().as_bytes()[..].to_vec());
            prop_assert_eq!(frontier.size(), oracle.len());
        }
    }

    #[test]
    fn a_frontier_is_the_same_after_it_was_kept(size in 0_u64..300) {
        let mut frontier = Frontier::new();
        for number in 0..size {
            frontier.append(leaf_hash(&number.to_be_bytes()));
        }
        let bytes = frontier.to_bytes();
        prop_assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier));
        prop_assert_eq!(Frontier::from_bytes(&bytes[1..]), Err(FrontierError::Length));
    }
}
