// The function app and what it needs. Names of API versions, roles and settings: Microsoft's reference for Bicep, its list of
// built-in roles, and its reference of app settings for Azure Functions.
param location string
param tags object
@minLength(5)
@maxLength(20)
@description('Lower-case letters and digits that make names unique in the world.')
param suffix string

@secure()
param runsKey string
param dataverseUrl string
param dataverseTenantId string
param dataverseClientId string
@secure()
param dataverseClientSecret string
@secure()
param sendGridApiKey string
param mailFrom string
param mailTo string
param alertsTo string

@allowed([512, 2048, 4096])
@description('Of one instance, in MB. 512 has a quarter of a core and starts slower.')
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@minValue(0)
@maxValue(20)
@description('Instances that always wait for leads, so that none meets a cold start. Each is charged all month.')
param alwaysReadyInstances int = 0

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
@description('How often, and how far apart, leads are kept. Not every region has all of them.')
param storageSku string = 'Standard_LRS'

var packages = 'app-package'

// Built-in roles, by the ids that Microsoft documents.
var storageRoles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner: the host's own state, the package
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor: the store's tables
  '974c5e8b-45b9-4653-ba55-5f855dd0c6dd' // Storage Queue Data Contributor: the queue that wakes delivery
]
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb' // Monitoring Metrics Publisher

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    DisableLocalAuth: true
  }
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${suffix}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: storageSku }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource container 'containers' = {
      name: packages
    }
  }

  resource queues 'queueServices' = {
    name: 'default'

    // What wakes delivery.
    resource deliveries 'queues' = {
      name: 'lead-deliveries'
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${suffix}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
  }

  resource runsKeySecret 'secrets' = {
    name: 'runs-key'
    properties: { value: runsKey }
  }

  resource dataverseSecret 'secrets' = if (!empty(dataverseClientSecret)) {
    name: 'dataverse-client-secret'
    properties: { value: dataverseClientSecret }
  }

  resource sendGridSecret 'secrets' = if (!empty(sendGridApiKey)) {
    name: 'sendgrid-api-key'
    properties: { value: sendGridApiKey }
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-${suffix}'
  location: location
  // azd finds the app of azure.yaml's service by this tag.
  tags: union(tags, { 'azd-service-name': 'leads' })
  kind: 'functionapp,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packages}'
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
      // az functionapp list-flexconsumption-runtimes --runtime dotnet-isolated. The setting FUNCTIONS_WORKER_RUNTIME of other plans is
      // refused here.
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ]
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
  }

  // All of them: what is set elsewhere is removed by the next deployment.
  resource settings 'config' = {
    name: 'appsettings'
    properties: union(hostSettings, storeSettings, dataverseSettings, dataverseSecretSettings, mailSettings, alertSettings)
    dependsOn: [storageAccess, vaultAccess, vault::runsKeySecret, vault::dataverseSecret, vault::sendGridSecret]
  }
}

var hostSettings = {
  AzureWebJobsStorage__accountName: storage.name
  // Documented as unneeded on Flex Consumption, and yet missed by deployments without it.
  FUNCTIONS_EXTENSION_VERSION: '~4'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
}

var secretUri = 'SecretUri=${vault.properties.vaultUri}secrets'

// No Intake__Keys: behind the Functions host the host checks its own keys (AuthorizationLevel.Function in Functions/).
var storeSettings = {
  Store__Kind: 'AzureStorage'
  Store__AccountName: storage.name
  Runs__Keys__team: '@Microsoft.KeyVault(${secretUri}/runs-key)'
}

var dataverseSettings = empty(dataverseUrl) ? {} : {
  Destinations__crm__Kind: 'Dataverse'
  Destinations__crm__Url: dataverseUrl
  Destinations__crm__Auth: empty(dataverseClientSecret) ? 'ManagedIdentity' : 'ClientSecret'
}

var dataverseSecretSettings = empty(dataverseUrl) || empty(dataverseClientSecret) ? {} : {
  Destinations__crm__TenantId: dataverseTenantId
  Destinations__crm__ClientId: dataverseClientId
  Destinations__crm__ClientSecret: '@Microsoft.KeyVault(${secretUri}/dataverse-client-secret)'
}

var mailSettings = empty(sendGridApiKey) ? {} : {
  Destinations__mail__Kind: 'SendGrid'
  Destinations__mail__ApiKey: '@Microsoft.KeyVault(${secretUri}/sendgrid-api-key)'
  Destinations__mail__From: mailFrom
  Destinations__mail__To: mailTo
}

// By the account of the destination mail. Without it Azure's own rules speak alone.
var alertSettings = empty(sendGridApiKey) || empty(alertsTo) ? {} : {
  Alerts__Mail__To: alertsTo
}

resource storageAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in storageRoles: {
  name: guid(storage.id, app.id, role)
  scope: storage
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource vaultAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, app.id, secretsUser)
  scope: vault
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource insightsAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, app.id, metricsPublisher)
  scope: insights
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

module alerts 'alerts.bicep' = if (!empty(alertsTo)) {
  name: 'leadfunctions-alerts'
  params: {
    location: location
    tags: tags
    suffix: suffix
    insightsId: insights.id
    healthUrl: 'https://${app.properties.defaultHostName}/api/health/ready'
    alertsTo: alertsTo
  }
}

output name string = app.name
output host string = app.properties.defaultHostName
output principalId string = app.identity.principalId
output vault string = vault.name
