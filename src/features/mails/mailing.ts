/** What mails are written and sent with. */
import type { Post } from '../../platform/mail/post.ts';
import type { LinkTokens } from '../identity/link-tokens.ts';

export type Mailing = {
  post: Post;
  /** `Name <address>`. */
  from: string;
  tokens: LinkTokens;
};
