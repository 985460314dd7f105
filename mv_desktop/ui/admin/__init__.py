"""The office: what admins keep, each subject as a list beside a form, all of one look and one behaviour."""
