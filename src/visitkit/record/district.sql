-- Who is who, for both schemas of a school's casebook.
CREATE SCHEMA IF NOT EXISTS casebook;

CREATE TABLE casebook.staff (
    login text NOT NULL,
    teacher_id text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (login, role)
);
CREATE TABLE casebook.teaches (teacher_id text NOT NULL, class_id text NOT NULL);
CREATE TABLE casebook.roll (student_id text PRIMARY KEY, class_id text NOT NULL);
-- Roles of the policy that read psychological content ("crisis", "mental_file"), and that consent.
CREATE TABLE casebook.readers (part text NOT NULL, role text NOT NULL);

-- Who is at work follows from the login alone: nothing that a client says about itself counts.
CREATE FUNCTION casebook.me() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS
$$ SELECT teacher_id FROM casebook.staff WHERE login = session_user $$;

CREATE FUNCTION casebook.has_role(wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (
    SELECT 1 FROM casebook.staff WHERE login = session_user AND role = ANY (wanted)) $$;

CREATE FUNCTION casebook.is(person text, in_role text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (
    SELECT 1 FROM casebook.staff
    WHERE login = session_user AND teacher_id = person AND role = in_role) $$;

CREATE FUNCTION casebook.reads(asked text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (
    SELECT 1 FROM casebook.staff s JOIN casebook.readers r ON r.role = s.role
    WHERE s.login = session_user AND r.part = asked) $$;

-- A class is seen by who teaches it; the whole school by who runs it; a school's own matter by all.
CREATE FUNCTION casebook.teaches_student(student text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT student IS NULL
    OR casebook.has_role(ARRAY['principal', 'vice_principal', 'leading_group', 'moral_office',
                               'working_group', 'counsellor'])
    OR EXISTS (
        SELECT 1 FROM casebook.roll r
        JOIN casebook.teaches t USING (class_id)
        JOIN casebook.staff s USING (teacher_id)
        WHERE s.login = session_user AND r.student_id = student) $$;
