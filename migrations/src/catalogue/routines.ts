/** Functions and types. Each is a query for lines. */
export const routineFacts: readonly string[] = [
  `select format('function %s owner %s', full_name, proowner::regrole) from routine`,

  `select format('function %s %s %s', full_name, to_char(n, 'FM0000'), line)
  from routine, regexp_split_to_table(pg_get_functiondef(oid), '\\n') with ordinality as definition (line, n)
  where prokind <> 'a'`,

  `select concat_ws(
    ' ', 'aggregate', full_name, aggkind, aggtransfn, 'of', aggtranstype::regtype, 'initially', agginitval,
    'final', aggfinalfn, 'combine', aggcombinefn, 'serial', aggserialfn, aggdeserialfn,
    'moving', aggmtransfn, aggminvtransfn, aggmfinalfn, aggminitval, 'sort', aggsortop, 'parallel', proparallel
  ) from routine join pg_aggregate on aggfnoid = routine.oid`,

  `select concat_ws(
    ' ', 'type', full_name, typtype, 'owner', typowner::regrole,
    'collate ' || nullif(typcollation, 0)::regcollation,
    'range of ' || (select rngsubtype::regtype from pg_range where rngtypid = type.oid),
    'base ' || format_type(nullif(typbasetype, 0), typtypmod), case when typnotnull then 'not null' end,
    'default ' || typdefault
  ) from type`,

  `select format('enum %s %s %L', full_name, row_number() over (partition by enumtypid order by enumsortorder), enumlabel)
  from type join pg_enum on enumtypid = type.oid`,

  `select format('constraint %I of %s: %s', conname, full_name, pg_get_constraintdef(pg_constraint.oid))
  from type join pg_constraint on contypid = type.oid`,
];
