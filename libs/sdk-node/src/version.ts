/** What this package calls itself in status reports and to servers; a test holds it equal to package.json. */
export const SDK = 'node 0.1.0';
