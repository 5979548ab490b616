export function compiled(
  entry: string,
  folders: readonly string[],
  cache?: string,
): Promise<string | undefined>;
