drop table subject_keys;
drop function app.keep_subject_key();
