// Azure Monitor's rules over what the program sends to Application Insights. The program's own alerts (Alerts:…) say more and need none of
// these; these also speak when the program itself is gone.
param location string
param tags object
param suffix string

@description('Where the app sends its telemetry.')
param insightsId string

@description('https://…/api/health/ready of the app.')
param healthUrl string

@description('Whom Azure mails.')
param alertsTo string

var rules = [
  {
    name: 'dead-letters'
    title: 'LeadFunctions: dead letters'
    text: 'Leads were given up on. Open the run history\'s dead letters, mend the reason, resubmit.'
    query: 'customMetrics | where name == "leadfunctions.dead_letters" | summarize found = max(valueMax)'
    threshold: 0
  }
  {
    name: 'oldest-due'
    title: 'LeadFunctions: deliveries are late'
    text: 'A delivery could have been tried for more than an hour. Look at the banner of the run history, then whether the functions run.'
    query: 'customMetrics | where name == "leadfunctions.delivery.oldest_due" | summarize found = max(valueMax)'
    threshold: 3600
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'leads'
    enabled: true
    emailReceivers: [
      { name: 'alerts', emailAddress: alertsTo, useCommonAlertSchema: true }
    ]
  }
}

resource overMetrics 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [for rule in rules: {
  name: '${rule.name}-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    description: rule.text
    severity: 2
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    // Of a table that no telemetry has reached yet.
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: 'found'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: rule.threshold
          failingPeriods: { numberOfEvaluationPeriods: 2, minFailingPeriodsToAlert: 2 }
        }
      ]
    }
    actions: { actionGroups: [group.id] }
  }
}]

resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'health-${suffix}'
  location: location
  // The portal finds the component of a test by this tag.
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${suffix}'
    Name: 'LeadFunctions can take leads'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 60
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET' }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource overHealth 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'health-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app does not answer that it can take leads, from two places or more.'
    severity: 1
    enabled: true
    scopes: [healthTest.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: group.id }]
  }
}
