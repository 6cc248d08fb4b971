namespace LeadFunctions.Destinations.Content;

/// <summary>What a mail says unless the publisher wrote templates: every field of the lead, and its id.</summary>
internal static class DefaultMail
{
    public const string Subject =
        "{{#if Appointment}}Appointment {{Appointment.Status}}: {{coalesce ServiceName \"(no service)\"}}{{#if Appointment.Start}} - {{Appointment.Start}}{{/if}}{{else}}New lead: {{coalesce OfferTitle Lead.OfferId \"(no offer)\"}}{{#if LeadSource}} - {{LeadSource}}{{/if}}{{#if Lead.Action}} ({{Lead.Action}}){{/if}}{{/if}}";

    public const string Text =
        """
        {{#each Lead.Fields}}{{Name}}: {{Value}}
        {{/each}}

        Received: {{Lead.ReceivedAt}}
        Lead id: {{Lead.Id}}
        """;

    public const string Html =
        """
        <table cellpadding="4" style="border-collapse:collapse;font-family:sans-serif">
        {{#each Lead.Fields}}<tr><th align="left" valign="top">{{Name}}</th><td style="white-space:pre-wrap">{{Value}}</td></tr>
        {{/each}}</table>
        <p style="font-family:sans-serif;color:#666">Received {{Lead.ReceivedAt}} · Lead id {{Lead.Id}}</p>
        """;
}
