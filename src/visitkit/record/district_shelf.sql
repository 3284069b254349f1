-- One schema of a district's casebook: {schema}. Run with search_path set to it.
-- The end of the chain is needed by everybody who writes, the rows before it are not.
CREATE FUNCTION visitkit_last(OUT seq bigint, OUT link text, OUT at timestamptz) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = {schema}, pg_temp AS
$$ SELECT a.seq, a.link, a.at FROM audit a ORDER BY a.seq DESC LIMIT 1 $$;

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE content ENABLE ROW LEVEL SECURITY;
ALTER TABLE owed ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE removal ENABLE ROW LEVEL SECURITY;

-- The trail: everybody writes as who they are, and reads their own rows; consent-givers read all.
CREATE POLICY trail_own ON audit FOR SELECT USING (
    actor IN (SELECT casebook.me()) OR casebook.reads('consent'));
CREATE POLICY trail_add ON audit FOR INSERT WITH CHECK (casebook.is(actor, role));

CREATE POLICY consent_own ON consent FOR SELECT USING (
    person IN (SELECT casebook.me()) OR casebook.reads('consent'));
CREATE POLICY consent_add ON consent FOR INSERT WITH CHECK (
    casebook.reads('consent') AND given_by IN (SELECT casebook.me()));

CREATE POLICY removal_see ON removal FOR SELECT USING (true);
CREATE POLICY removal_add ON removal FOR INSERT WITH CHECK (casebook.reads('consent'));
CREATE POLICY content_remove ON content FOR DELETE USING (casebook.reads('consent'));

CREATE FUNCTION visitkit_consented(student text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = {schema}, pg_temp AS
$$ SELECT coalesce((
    SELECT bool_or(c.until >= now()) FROM (
        SELECT DISTINCT ON (person) until FROM consent
        WHERE student_id = student AND person IN (SELECT casebook.me())
        ORDER BY person, seq DESC) c), false) $$;

CREATE FUNCTION visitkit_sees(of_kind text, student text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = {schema}, pg_temp AS
$$ SELECT {sees} $$;

-- What an entry is about stands in its content, of what kind it is in its frame; the function
-- looks past the policy of the other table, or the two would ask each other for ever.
CREATE FUNCTION visitkit_sees_entry(number bigint) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = {schema}, pg_temp AS
$$ SELECT coalesce((
    SELECT visitkit_sees(e.kind, c.student_id) FROM entry e JOIN content c USING (seq)
    WHERE e.seq = number), false) $$;

CREATE POLICY entry_see ON entry FOR SELECT USING (
    actor IN (SELECT casebook.me()) OR visitkit_sees_entry(seq));
CREATE POLICY entry_add ON entry FOR INSERT WITH CHECK (true);
CREATE POLICY content_see ON content FOR SELECT USING (
    visitkit_sees_entry(seq)
    OR EXISTS (SELECT 1 FROM entry e WHERE e.seq = content.seq
               AND e.actor IN (SELECT casebook.me())));
CREATE POLICY content_add ON content FOR INSERT WITH CHECK (true);

CREATE POLICY owed_see ON owed FOR SELECT USING (
    visitkit_sees(kind, student_id) OR by IN (SELECT casebook.me()));
CREATE POLICY owed_add ON owed FOR INSERT WITH CHECK (true);
CREATE POLICY owed_renew ON owed FOR DELETE USING (
    visitkit_sees(kind, student_id) OR by IN (SELECT casebook.me()));

GRANT USAGE ON SCHEMA {schema} TO visitkit_staff;
GRANT SELECT, INSERT ON audit, entry, content, consent, removal, batch, abandoned
    TO visitkit_staff;
GRANT SELECT ON setting, alembic_version TO visitkit_staff;
GRANT INSERT ON setting TO visitkit_keeper;
GRANT SELECT, INSERT, DELETE ON owed TO visitkit_staff;
GRANT DELETE ON content TO visitkit_staff;
