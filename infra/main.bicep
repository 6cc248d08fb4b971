// What `azd up` makes: a resource group with everything of app.bicep in it.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('The name of the azd environment; names in Azure are derived from it.')
param environmentName string

@minLength(1)
@description('A region that has Flex Consumption: az functionapp list-flexconsumption-locations')
@metadata({ azd: { type: 'location' } })
param location string

@secure()
@minLength(16)
@description('The key for reading the run history.')
param runsKey string

@description('https://contoso.crm.dynamics.com; empty: no rows in Dataverse.')
param dataverseUrl string = ''

@description('Of the app registration that signs in to Dataverse; without a secret the app signs in with its managed identity.')
param dataverseTenantId string = ''
param dataverseClientId string = ''
@secure()
param dataverseClientSecret string = ''

@secure()
@description('A SendGrid key with the Mail Send permission; empty: no mails.')
param sendGridApiKey string = ''
param mailFrom string = ''
@description('Addresses, divided by commas.')
param mailTo string = ''

@description('Who is mailed when a lead can not be delivered, a destination fails or the app is gone; empty: nobody.')
param alertsTo string = ''

var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module app 'app.bicep' = {
  name: 'leadfunctions'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: toLower(uniqueString(subscription().id, environmentName, location))
    runsKey: runsKey
    dataverseUrl: dataverseUrl
    dataverseTenantId: dataverseTenantId
    dataverseClientId: dataverseClientId
    dataverseClientSecret: dataverseClientSecret
    sendGridApiKey: sendGridApiKey
    mailFrom: mailFrom
    mailTo: mailTo
    alertsTo: alertsTo
  }
}

// azd keeps outputs in the environment: azd env get-values
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP string = app.outputs.name
output AZURE_KEY_VAULT string = app.outputs.vault
output APP_PRINCIPAL_ID string = app.outputs.principalId
output LEADS_URL string = 'https://${app.outputs.host}/api/leads'
output RUNS_URL string = 'https://${app.outputs.host}/api/runs'
