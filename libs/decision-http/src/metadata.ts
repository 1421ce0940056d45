const WELL_KNOWN = '/.well-known/authzen-configuration';

/** The metadata document of a decision point, and the path where it stands. */
export interface Metadata {
  path: string;
  text: string;
}

/**
 * Makes the metadata document (AuthZEN 1.0, section 9).
 * @param publicUrl the base URL that callers use, such as `https://licet.example.com`; it is the identifier of the decision point
 * @param tenant the tenant that the decision point is for; left out for the one of all tenants
 * @throws Error if it cannot be one: it must be http or https, without query or fragment (section 9.1.1)
 */
export function metadataFor(publicUrl: string, tenant?: string): Metadata {
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Error(`the public URL \`${publicUrl}\` must be an http or https URL without user, query and fragment`);
  }
  const path = url.pathname.replace(/\/+$/, '') + (tenant === undefined ? '' : `/tenants/${tenant}`);
  const identifier = url.origin + path;
  return {
    // Section 9.2: the well-known part goes between the host and the path of the identifier.
    path: WELL_KNOWN + path,
    text: JSON.stringify({
      policy_decision_point: identifier,
      access_evaluation_endpoint: `${identifier}/access/v1/evaluation`,
      access_evaluations_endpoint: `${identifier}/access/v1/evaluations`,
      search_subject_endpoint: `${identifier}/access/v1/search/subject`,
      search_resource_endpoint: `${identifier}/access/v1/search/resource`,
      search_action_endpoint: `${identifier}/access/v1/search/action`,
    }),
  };
}
