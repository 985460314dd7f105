DROP FUNCTION api.put_address(uuid, timestamptz, text, text), api.put_account(uuid, timestamptz, boolean, text),
    api._account_holder(uuid, timestamptz);
