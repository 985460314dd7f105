-- Everything 006 made, in the opposite order.

DROP FUNCTION api.change_password(text);
DROP FUNCTION api.delete_absence(uuid), api.put_absence(uuid, date, date, text), api.absences(), api._today();
DROP TABLE public.teacher_absences;
