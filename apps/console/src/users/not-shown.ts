/** Why operators who are confined to tenants see less of users. */
export const NOT_SHOWN = 'Users belong to no tenant: their names and attributes are shown to those who may read users in all tenants.';
