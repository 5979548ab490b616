/** How many sockets each session has, as far as their hello said whose they are. */
import type { UserId } from '../domain/ids.ts';

export type Users = {
  /** One more socket of the session this token stands for, or why not. */
  enter(token: string): { user: UserId } | 'invalid_token' | 'connection_limit';
  leave(user: UserId): void;
};

/** `verify`: whose token it is, or undefined when it is none or over. */
export function createUsers(verify: (token: string) => UserId | undefined, socketsMax: number): Users {
  const sockets = new Map<UserId, number>();
  return {
    enter(token) {
      const user = verify(token);
      if (user === undefined) return 'invalid_token';
      const count = sockets.get(user) ?? 0;
      if (count >= socketsMax) return 'connection_limit';
      sockets.set(user, count + 1);
      return { user };
    },
    leave(user) {
      const count = sockets.get(user) ?? 0;
      if (count <= 1) sockets.delete(user);
      else sockets.set(user, count - 1);
    },
  };
}
