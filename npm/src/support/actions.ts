/** A table: what users try to do, in English and French. What begins with a capital is a sentence of its own. */

const table = `
auth_login|sign in|me connecter
auth_callback|finish signing in|terminer ma connexion
auth_logout|sign out|me déconnecter
auth_register|create my account|créer mon compte
auth_password_reset|reset my password|réinitialiser mon mot de passe
auth_email_verify|confirm my e-mail address|confirmer mon adresse e-mail
campaign_fetch|see my campaigns|voir mes campagnes
campaign_create|create a campaign|créer une campagne
campaign_update|change a campaign|modifier une campagne
campaign_delete|delete a campaign|supprimer une campagne
campaign_join|join a campaign|rejoindre une campagne
campaign_invite|invite someone to a campaign|inviter quelqu’un dans une campagne
session_fetch|see my sessions|voir mes sessions
session_launch|start a session|lancer une session
session_join|join a session|rejoindre une session
session_resume|resume a session|reprendre une session
session_close|close a session|clore une session
poll_fetch|see a poll|voir un sondage
poll_create|create a poll|créer un sondage
poll_delete|delete a poll|supprimer un sondage
poll_launch|start a poll|lancer un sondage
poll_vote|vote in a poll|voter dans un sondage
poll_cancel|cancel a poll|annuler un sondage
poll_fetch_results|see a poll’s results|voir les résultats d’un sondage
push_subscribe|turn notifications on|activer les notifications
push_unsubscribe|turn notifications off|désactiver les notifications
push_permission|allow notifications|autoriser les notifications
websocket_connect|connect to live updates|me connecter au direct
websocket_reconnect|reconnect to live updates|me reconnecter au direct
websocket_send|send a live update|envoyer un message en direct
websocket_receive|receive live updates|recevoir le direct
payment_checkout|pay|payer
payment_confirm|confirm a payment|confirmer un paiement
payment_method_add|add a means of payment|ajouter un moyen de paiement
payment_invoice|open an invoice|ouvrir une facture
payment_refund|get a refund|obtenir un remboursement
payment_subscribe|subscribe|m’abonner
upload_file|upload a file|envoyer un fichier
upload_image|upload a picture|envoyer une image
upload_cancel|cancel an upload|annuler un envoi
search_query|search|faire une recherche
search_filter|filter results|filtrer les résultats
settings_fetch|see my settings|voir mes paramètres
settings_save|save my settings|enregistrer mes paramètres
settings_profile|change my profile|modifier mon profil
settings_password|change my password|modifier mon mot de passe
settings_delete_account|delete my account|supprimer mon compte
workflow_start|start a workflow|démarrer un processus
workflow_step|go on to the next step|passer à l’étape suivante
workflow_submit|submit a workflow|soumettre un processus
workflow_approve|approve a workflow|approuver un processus
workflow_cancel|cancel a workflow|annuler un processus
workflow_resume|resume a workflow|reprendre un processus
generic_server_error|The server answered with an error.|Le serveur a répondu par une erreur.
generic_network_error|The server could not be reached.|Le serveur n’a pas pu être joint.
generic_timeout|The server took too long to answer.|Le serveur a mis trop de temps à répondre.
generic_unexpected_error|Something unexpected went wrong.|Une erreur inattendue est survenue.
generic_not_found|Something that should be here was not found.|Un élément attendu est introuvable.
generic_load|load this page|charger cette page
generic_save|save my work|enregistrer mon travail
generic_delete|delete something|supprimer un élément
`;

/** Every action that has a message. */
export const actionTypes = (): string[] => table.match(/^\w+/gm)!;

/** What a user who meets an error in `action` would write; of an action that nobody knows, that something went wrong. */
export function messageOf(action: string, isFrench: boolean): string {
  const rows = table.split("\n").map((row) => row.split("|"));
  const row =
    rows.find(([name]) => name && name === action) ?? rows.find(([name]) => name === "generic_unexpected_error")!;
  const text = row[isFrench ? 2 : 1]!;
  return /^[A-Z]/.test(text) ? text : isFrench ? `Je n’ai pas pu ${text}.` : `I could not ${text}.`;
}
