//! Proofs: what holds is accepted, everything else is not.

use agent_factory_audit::{
    ConsistencyProof, Digest, InclusionProof, ProofError, leaf_hash, tree_root,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

fn leaves(count: u64) -> Vec<Digest> {
    (0..count)
        .map(|number| leaf_hash(&number.to_be_bytes()))
        .collect()
}

fn oracle(count: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..count).for_each(|number: u64| tree.push(number.to_be_bytes().to_vec()));
    tree
}

fn joined(path: &[Digest]) -> Vec<u8> {
    path.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

#[test]
fn every_leaf_of_every_small_tree_is_proved_and_no_other() {
    for size in 1..40 {
        let leaves = leaves(size);
        let root = tree_root(&leaves);
        let oracle = oracle(size);
        for index in 0..size {
            let at = usize::try_from(index).unwrap();
            let proof = InclusionProof::build(&leaves, index).unwrap();
            assert_eq!(proof.verify(&leaves[at], index, size, &root), Ok(()));
            assert_eq!(joined(proof.path()), oracle.prove_inclusion(at).as_bytes());
            let other = leaf_hash(b"another");
            assert_eq!(
                proof.verify(&other, index, size, &root),
                Err(ProofError::Root)
            );
            for wrong in (0..size).filter(|wrong| *wrong != index) {
                assert!(proof.verify(&leaves[at], wrong, size, &root).is_err());
            }
        }
        assert_eq!(
            InclusionProof::build(&leaves, size),
            Err(ProofError::OutOfRange)
        );
    }
}

#[test]
fn every_beginning_of_every_small_tree_is_proved_and_no_other() {
    for new in 1..34 {
        let leaves = leaves(new);
        let root = tree_root(&leaves);
        for old in 0..=new {
            let old_root = tree_root(&leaves[..usize::try_from(old).unwrap()]);
            let proof = ConsistencyProof::build(&leaves, old).unwrap();
            assert_eq!(
                proof.verify(old, &old_root, new, &root),
                Ok(()),
                "{old} of {new}"
            );
            if old > 0 {
                let added = usize::try_from(new - old).unwrap();
                assert_eq!(
                    joined(proof.path()),
                    oracle(new).prove_consistency(added).as_bytes()
                );
            }
            let another = leaf_hash(b"another");
            assert!(proof.verify(old, &another, new, &root).is_err());
            if old > 0 {
                assert!(proof.verify(old, &old_root, new, &another).is_err());
            }
        }
    }
}

proptest! {
    #[test]
    fn a_proof_that_was_tampered_with_is_refused(
        size in 2_u64..200,
        index in any::<u64>(),
        place in any::<prop::sample::Index>(),
        bit in 0_u32..8,
    ) {
        let leaves = leaves(size);
        let (root, index) = (tree_root(&leaves), index % size);
        let leaf = leaves[usize::try_from(index).unwrap()];
        let path = InclusionProof::build(&leaves, index).unwrap().path().to_vec();
        let mut changed = path.clone();
        let at = place.index(changed.len());
        let mut bytes = *changed[at].as_bytes();
        bytes[at % 32] ^= 1 << bit;
        changed[at] = Digest::from_bytes(bytes);
        prop_assert!(InclusionProof::from_path(changed).verify(&leaf, index, size, &root).is_err());
        let mut longer = path.clone();
        longer.push(root);
        prop_assert!(InclusionProof::from_path(longer).verify(&leaf, index, size, &root).is_err());
        let shorter = path[..path.len() - 1].to_vec();
        prop_assert!(InclusionProof::from_path(shorter).verify(&leaf, index, size, &root).is_err());
    }

    #[test]
    fn proof_checking_never_panics(
        path in prop::collection::vec(any::<[u8; 32]>(), 0..80),
        numbers in any::<(u64, u64)>(),
    ) {
        let path: Vec<Digest> = path.into_iter().map(Digest::from_bytes).collect();
        let root = leaf_hash(b"root");
        let (a, b) = numbers;
        prop_assert!(InclusionProof::from_path(path.clone()).verify(&root, a, b, &root).is_err() || b == 1);
        let _ = ConsistencyProof::from_path(path).verify(a, &root, b, &root);
    }
}
