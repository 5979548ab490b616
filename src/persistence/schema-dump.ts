/**
 * The schema as text, read from the catalog: what the database has, not what the migrations say. Two databases with the
 * same text have the same schema. Monthly partitions are left out, because they depend on the day.
 */
import type pg from 'pg';

type Row = { line: string };

const relations = `
  SELECT c.oid, c.relname, c.relkind, n.nspname, c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
    format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('events', 'ticketing', 'holdfast', 'public') AND c.relname !~ '_y\\d{4}m\\d{2}$'
    AND c.relkind IN ('r', 'p', 'v', 'm')
`;

const sections: [title: string, query: string][] = [
  [
    'Roles',
    `SELECT concat_ws(' ', 'ROLE', rolname, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
        CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
        CASE WHEN rolsuper THEN 'SUPERUSER' END) AS line
      FROM pg_roles WHERE rolname LIKE 'holdfast\\_%' ORDER BY 1`,
  ],
  [
    'Tables and columns',
    `SELECT format('TABLE %s%s%s%s', r.name, coalesce(' PARTITION BY ' || pg_get_partkeydef(r.oid), ''),
          coalesce(' WITH (' || array_to_string(r.reloptions, ', ') || ')', ''),
          CASE WHEN r.relforcerowsecurity THEN ' FORCE ROW LEVEL SECURITY' WHEN r.relrowsecurity THEN ' ROW LEVEL SECURITY' ELSE '' END)
        || E'\\n' || (SELECT string_agg(format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
            coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')), E'\\n' ORDER BY a.attnum)
          FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped) AS line
      FROM (${relations}) r WHERE r.relkind IN ('r', 'p') ORDER BY r.name`,
  ],
  [
    'Constraints',
    `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.name, c.conname, pg_get_constraintdef(c.oid)) AS line
      FROM (${relations}) r JOIN pg_constraint c ON c.conrelid = r.oid
      WHERE c.contype IN ('p', 'u', 'c', 'f', 'x') AND c.conparentid = 0 ORDER BY r.name, c.conname`,
  ],
  [
    'Indexes',
    `SELECT pg_get_indexdef(i.indexrelid) AS line FROM (${relations}) r JOIN pg_index i ON i.indrelid = r.oid
      WHERE r.relkind <> 'r' OR NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = r.oid) ORDER BY 1`,
  ],
  [
    'Views',
    `SELECT format('%s %s%s AS%s%s', CASE r.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, r.name,
        coalesce(' WITH (' || array_to_string(r.reloptions, ', ') || ')', ''), E'\\n', pg_get_viewdef(r.oid)) AS line
      FROM (${relations}) r WHERE r.relkind IN ('v', 'm') ORDER BY r.name`,
  ],
  [
    'Functions',
    `SELECT pg_get_functiondef(p.oid) AS line FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname IN ('events', 'ticketing', 'holdfast', 'public') ORDER BY n.nspname, p.proname, p.oid::regprocedure::text`,
  ],
  [
    'Triggers',
    `SELECT pg_get_triggerdef(t.oid) AS line FROM (${relations}) r JOIN pg_trigger t ON t.tgrelid = r.oid
      WHERE NOT t.tgisinternal AND t.tgparentid = 0 ORDER BY r.name, t.tgname`,
  ],
  [
    'Policies',
    `SELECT format('POLICY %I ON %I.%I FOR %s TO %s', policyname, schemaname, tablename, cmd, array_to_string(roles, ', '))
        || coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || ')', '') AS line
      FROM pg_policies WHERE schemaname IN ('events', 'ticketing', 'public') ORDER BY 1`,
  ],
  [
    'Grants on tables',
    `SELECT format('GRANT %s ON %s TO %s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), r.name,
        a.grantee::regrole) AS line
      FROM (${relations}) r, aclexplode(r.relacl) a WHERE a.grantee <> a.grantor AND a.grantee <> 0
      GROUP BY r.name, a.grantee::regrole ORDER BY r.name, a.grantee::regrole::text`,
  ],
  [
    'Grants on columns',
    `SELECT format('GRANT %s (%s) ON %s TO %s', privilege, string_agg(column_name, ', ' ORDER BY number), name, grantee) AS line
      FROM (SELECT r.name, a.attname AS column_name, a.attnum AS number, x.privilege_type AS privilege, x.grantee::regrole AS grantee
        FROM (${relations}) r JOIN pg_attribute a ON a.attrelid = r.oid, aclexplode(a.attacl) x) g
      GROUP BY name, grantee, privilege ORDER BY name, grantee::text, privilege`,
  ],
  [
    'Grants on schemas and functions',
    `SELECT format('GRANT %s ON %s TO %s', a.privilege_type, o.name,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END) AS line
      FROM (
        SELECT 'SCHEMA ' || nspname AS name, nspacl AS acl, nspowner AS owner FROM pg_namespace
        WHERE nspname IN ('events', 'ticketing', 'holdfast')
        UNION ALL
        SELECT 'FUNCTION ' || p.oid::regprocedure, coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner
        FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('events', 'ticketing', 'public'))
      ) o, aclexplode(o.acl) a WHERE a.grantee <> o.owner ORDER BY o.name, 1`,
  ],
];

/** @param client connected as anybody who may read the catalog; a constant search_path makes the text repeatable. */
export async function dumpSchema(client: pg.Client): Promise<string> {
  await client.query("SET search_path = pg_catalog; SET timezone = 'UTC'");
  const parts = [
    '-- What the migrations make, read from the catalog of PostgreSQL 18. Written by a test, see schema.pg.test.ts.',
  ];
  for (const [title, query] of sections) {
    const { rows } = await client.query<Row>(query);
    parts.push(`\n-- ${title}\n${rows.map((row) => `${row.line.trimEnd().replace(/;$/, '')};`).join('\n')}`);
  }
  await client.query('RESET search_path');
  return `${parts.join('\n')}\n`;
}
