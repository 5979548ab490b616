import { redisHarness } from '../../test/support/redis-harness.ts';
import { describeInventory } from './inventory.contract.ts';

describeInventory('the Redis', redisHarness);
