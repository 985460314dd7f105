-- Both are trusted extensions: the database's owner may create them without being superuser.
-- btree_gist: equality of a uuid inside an exclusion constraint. pg_trgm: search in question texts.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
