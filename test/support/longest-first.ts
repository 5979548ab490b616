/** Files that take a minute begin first, so that none of them is alone at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const longest = [
  'e2e/start',
  'sim/walk',
  'e2e/crowd',
  'e2e/client-crowd',
  'chaos/chaos',
  'e2e/demo',
  'e2e/event-import',
  'e2e/page',
  'e2e/refuse-to-start',
  'e2e/ghosts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((part) => moduleId.includes(`/test/${part}`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
