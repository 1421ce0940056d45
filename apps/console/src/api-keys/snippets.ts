export interface Snippet {
  id: 'flask' | 'node' | 'curl';
  label: string;
  text: string;
}

/**
 * Programs that work as they are, with the address and the key filled in.
 * @param permission one that the operator's own policy has, for instance `task:read`
 */
export function snippets({ url, key, name, permission }: { url: string; key: string; name: string; permission: string }): Snippet[] {
  const [type = 'task', action = 'read'] = permission.split(':');
  const question = JSON.stringify({ subject: { type: 'user', id: 'alice' }, action: { name: action }, resource: { type, id: '1' } });
  return [
    {
      id: 'flask',
      label: 'Flask',
      text: `# export LICET_URL=${url} LICET_API_KEY=${key} LICET_NAME=${name}
from flask import Flask, request
from licet.flask import LicetFlask, require

app = Flask(__name__)
# Who asks: replace this with your own sign-in. With Flask-Login, leave subject out.
licet = LicetFlask(app, subject=lambda: request.headers.get("X-User"))


@app.get("/${type}/<id>")
@require("${permission}", resource=lambda id: {"id": id})
def show(id):
    return f"You may see ${type} {id}.\\n"


# flask --app app run, then: curl -H 'X-User: alice' http://localhost:5000/${type}/1
`,
    },
    {
      id: 'node',
      label: 'Node',
      text: `// export LICET_URL=${url} LICET_API_KEY=${key}
import { Licet } from '@licet/sdk-node';

const licet = new Licet({ name: '${name}' });
await licet.ready();

const { decision, reason } = licet.check('alice', '${permission}', { id: '1' });
console.log(decision ? 'allowed' : 'denied', reason);
`,
    },
    {
      id: 'curl',
      label: 'curl',
      text: `curl ${url}/access/v1/evaluation \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '${question}'
`,
    },
  ];
}
