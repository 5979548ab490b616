import { memoryHarness } from './contract/harness.ts';
import { describeInventory } from './inventory.contract.ts';

describeInventory('the specification as', memoryHarness);
