// A Merkle tree that gathers changes: leaves are set as they come, and whoever asks for the root makes the pass that is due.
import { BatchMerkleTree } from 'proofbook/merkle';

const tree = new BatchMerkleTree(10);
for (let index = 0; index < tree.leafCount; index += 2) tree.setLeaf(index, new Uint8Array(32).fill(index));
console.log(`${tree.flush()} nodes hashed for 512 leaves`);

tree.setLeaf(7, new Uint8Array(32).fill(7));
console.log(`${tree.flush()} nodes hashed for one more`);

const { siblings } = tree.proof(7);
tree.proof(7);
console.log(`proof of leaf 7: ${siblings.length} siblings; served from the cache: ${tree.cacheHits}`);
