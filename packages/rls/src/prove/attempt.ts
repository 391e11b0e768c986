import { queryRows, type ProofConnection } from './connection.ts';
import type { Settings } from './signature.ts';

/** Who asks, in which context. */
export interface Scene {
  /** The session's user: what a login as this role would be. */
  readonly role: string;
  readonly settings: Settings;
  /** SQL that an operator runs before, in the same transaction. */
  readonly before?: readonly string[];
}

/** Statements that are tried in a scene, each for itself. */
export interface Trial extends Scene {
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Returns one value; with `counts` it returns nothing, and the number of its rows is the value. */
  readonly sql: string;
  readonly counts?: true;
  /** SQL that the administrator runs after it, before it is taken back; returns one value. */
  readonly after?: string;
}

/** What came of a statement. */
export interface Outcome {
  readonly value?: string | null;
  readonly after?: string | null;
  readonly error?: ServerError;
}

export interface ServerError {
  readonly state: string;
  readonly message: string;
  readonly detail: string;
  readonly hint: string;
}

/**
 * Tries every statement and takes it back.
 *
 * **Runs** one round trip, however many statements: each in a subtransaction of its own.
 */
export async function attempt(connection: ProofConnection, trials: readonly Trial[]): Promise<Outcome[][]> {
  const [outcomes = []] = await queryRows<Outcome[][]>(
    connection,
    'select pg_temp.proof_attempt($1::jsonb) as row',
    [JSON.stringify(trials)],
  );
  return outcomes;
}

/** Makes what {@link attempt} calls, in the schema of this session's temporary objects. */
export async function prepareAttempts(connection: ProofConnection): Promise<void> {
  await connection.query(ATTEMPT);
}

// `session_authorization` and not `role`: whoever is asked has no other role to fall back to.
const ATTEMPT = `
create function pg_temp.proof_attempt(p_trials jsonb) returns jsonb
language plpgsql
as $attempt$
declare
  v_administrator constant text := session_user;
  v_trial jsonb;
  v_statement jsonb;
  v_setting record;
  v_sql text;
  v_value text;
  v_after text;
  v_state text;
  v_message text;
  v_detail text;
  v_hint text;
  v_outcomes jsonb[];
  v_all jsonb[] := '{}';
begin
  for v_trial in select * from jsonb_array_elements(p_trials) loop
    v_outcomes := '{}';
    begin
      for v_sql in select * from jsonb_array_elements_text(coalesce(v_trial -> 'before', '[]')) loop
        execute v_sql;
      end loop;
      for v_setting in select key, value from jsonb_each_text(v_trial -> 'settings') loop
        perform set_config(v_setting.key, v_setting.value, true);
      end loop;
      perform set_config('session_authorization', v_trial ->> 'role', true);
      for v_statement in select * from jsonb_array_elements(v_trial -> 'statements') loop
        begin
          v_value := null;
          v_after := null;
          if v_statement ? 'counts' then
            execute v_statement ->> 'sql';
            get diagnostics v_value = row_count;
          else
            execute v_statement ->> 'sql' into v_value;
          end if;
          if v_statement ? 'after' then
            perform set_config('session_authorization', v_administrator, true);
            execute v_statement ->> 'after' into v_after;
          end if;
          raise exception using errcode = 'PROVE';
        exception when others then
          get stacked diagnostics
            v_state = returned_sqlstate,
            v_message = message_text,
            v_detail = pg_exception_detail,
            v_hint = pg_exception_hint;
          v_outcomes := v_outcomes || case v_state
            when 'PROVE' then jsonb_build_object('value', v_value, 'after', v_after)
            else jsonb_build_object('error', jsonb_build_object(
              'state', v_state, 'message', v_message, 'detail', v_detail, 'hint', v_hint
            ))
          end;
        end;
      end loop;
      raise exception using errcode = 'PROVE';
    exception
      when sqlstate 'PROVE' then
        v_all := v_all || to_jsonb(v_outcomes);
      when others then
        -- What the operator does before is refused: then nothing comes of anything.
        v_all := v_all || (
          select coalesce(jsonb_agg(jsonb_build_object('error', jsonb_build_object(
            'state', sqlstate, 'message', 'before: ' || sqlerrm, 'detail', '', 'hint', ''
          ))), '[]')
          from jsonb_array_elements(v_trial -> 'statements')
        );
    end;
  end loop;
  return to_jsonb(v_all);
end
$attempt$`;
