// House rules about the applications in examples/: what they may know of a policy.

const CODE = /\.(py|ts|tsx|mjs|js|html)$/;

export const EXAMPLE_RULES = [{ name: 'no application names a role outside its seed data', check: roleNames }];

/** A role's name in quotes, in code or a template. The policy, the tests and what is called `seed` may name roles. */
function roleNames({ files, read }) {
  const policies = files.filter((file) => /^examples\/[^/]+\/policy\.yaml$/.test(file));
  return policies.flatMap((policy) => {
    const folder = policy.replace(/policy\.yaml$/, '');
    const quoted = new RegExp(`(["'\`])(?:${roles(read(policy)).join('|')})\\1`);
    const code = files.filter((file) => file.startsWith(folder) && CODE.test(file) && !/\/tests\/|\.spec\.|\/seed[^/]*$/.test(file));
    return code.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (quoted.test(line) ? [`${file}:${index + 1} names a role, ${quoted.exec(line)[0]}: ask for a permission`] : [])),
    );
  });
}

/** The keys of the section `roles` of a policy file. */
function roles(text) {
  const section = /^roles:[^\n]*\n((?:[ #][^\n]*\n|\n)*)/m.exec(`${text}\n`)?.[1] ?? '';
  return [...section.matchAll(/^ {2}([A-Za-z0-9][A-Za-z0-9._-]*):/gm)].map(([, name]) => name.replaceAll('.', '\\.'));
}
