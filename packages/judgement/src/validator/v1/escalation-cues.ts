// What people say who want a human: another person, the law, an intruder, their anger.

const PERSON = 'manager|managers|supervisor|superior|superiors|director|boss|ceo|cto|head|management|executive|lead';

/** Groups of patterns about escalation. */
export const ESCALATION_CUES = {
  escalate_person: `
    escalate|escalated|escalating|escalation|escalations
    speak|talk|speaking|talking|complain|write|talked|spoken|connect|transferred|through to|with an?|the?|your?|their?|somebody?|someone? ${PERSON}
    your|their|a|who's support|engineering|service? ${PERSON}
    the support|engineering|service ${PERSON}
    demand|want|need|expect|require a|your|the ${PERSON}
    a|your|the ${PERSON} immediately|now|today|please|to|must|has
    head|vp|chief of support|customer|service|operations|engineering|it
    who|whoever|someone|somebody|person|one is? in charge|responsible|authority
    who is your|the superior
    someone|somebody|person who|that can decide|help
    real|actual|live person|human|people
    a human
    human being
    call|callback|call-back|response|statement from your|a|an|the head|manager|supervisor|management
    expect|demand|demanding|insist a|an|on|immediate
    senior engineer|manager|person|staff|developer
    person|people|one|somebody|someone|anyone|anybody|whoever in|who|that|competent|senior charge|responsible|decides?|can|knows|competent
    is there anyone|anybody|someone competent|who|senior|else
    somebody|someone|anyone|anybody senior|competent|responsible|important|else
    put|connect|get me|us in|through|touch|to
    call|ring|phone me|us back immediately|now|today|personally|by?
    forward|pass|hand this|it to|on to? your|the|a management|manager|boss|superior|supervisor|legal
    your ceo|management|executives|board
    to|inform|tell|involve the|our|your ceo|management|executives|board`,
  escalate_legal: `
    lawyer|lawyers|attorney|attorneys|solicitor|solicitors|lawsuit|litigation|court|sue|suing
    legal action|department|steps|counsel|team|proceedings|consequences|claim|claims|notice
    formal|official|written complaint|complaints|warning|statement
    file|make|lodge a|an complaint
    regulator|regulators|ombudsman|authorities|watchdog
    consumer|data protection
    financial regulator|authority
    breach|breached|breaching|violation|violated|violating of? the?|our?|your? contract|sla|agreement|terms
    terminate|terminated|terminating|termination|cancel|cancelling|canceling|cancelled|end|quit|leave the?|our?|my? contract|subscription|agreement|account|terminated
    we're|we|i'm|are|am cancelling|canceling|leaving
    contract|subscription terminated|cancelled
    formal|final notice|warning|deadline|demand
    claim|claims|seek|demand damages|compensation
    instruct|involve|contact|engage our|a|the lawyer|lawyers|solicitor|solicitors|attorney|counsel|legal
    reserve the right
    consumer protection|rights|authority|advice
    move|moving|switch|switching|go|going|look|looking to|for another|a|other provider|vendor|supplier|competitor
    compensation|reimbursement
    demand|seek|seeking|demanding damages
    sue|suing you|for
    demand a|an|our|full|my refund|refunds
    leave|leaving|switch|switching|move|moving|go for|to a|another|the|your competitor|competition|vendor|provider
    to a? competitor
    threatens|threaten|threatening to
    post|publicly about|publicly
    go|going|make public|publicly
    public media
    social media
    where is our|my money`,
  escalate_security: `
    hacked|hacker|hackers|compromised|breached|stolen|stole|leaked|intruder|intrusion|attacker|attackers|ransomware|phishing|exfiltrat*
    security|data|privacy incident|breach|leak|violation
    breach
    unauthorised|unauthorized access|login|logins|payments|payouts|transactions|changes|user|person
    unauthorised|unauthorized|fraud|fraudulent|fraudster*
    someone|somebody else? has|have|had|got|is obtained?|changed?|stolen?|our|sending|using
    fake readings|orders|accounts|invoices
    broke|broken|breaking into our|the|my|an?|dr|his|her|their
    for sale in|on
    ransom|blackmail|extortion|hostage
    security people|incidents?|department
    password|passwords was|were|got changed|stolen|leaked|reset
    logged|logging|log in|into from abroad|russia|china|another|an|unknown|somewhere
    someone|somebody|stranger|unknown logged|logs|signed|has|had|accessed|downloaded|used
    downloaded|copied|exported the|our|all whole|entire|customer|complete|data
    paste site
    was|were|been exposed
    security team`,
  anger: `
    unacceptable|inacceptable|ridiculous|outrageous|furious|appalling|disgrace*|disgusting|joke|incompetent|shame|shameful
    fed up
    had|have enough
    lost|losing|run|running|out all?|of|out patience|trust|faith|of patience
    run|running|ran out of patience
    is|what|such a joke|disgrace|shame|mess|farce
    three|four|five|six|seven|ten|eleven|several|many|countless times|tickets|mails|emails|calls|people|weeks|months
    lost all? trust|patience
    extremely|very|deeply|really upset|angry|disappointed|frustrated|dissatisfied|unhappy
    last|final attempt|chance|warning|deadline|reminder|notice
    first|second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|last reminder|time|mail|email|ticket|request|month
    still no|without|waiting answer|reply|response|progress|solution|for
    nobody|no one? answers|answered|responds|responded|replied|replies|reacts|cares|called
    no one answers|answered|responds|responded|replied|cares
    no|not|without any?|an? answer|response|reply|reaction|progress
    been|are|were waiting|ignored for|since|over|ages|weeks
    being ignored
    ignored for
    how many more|times
    hung up
    worst service|support|experience
    pathetic|scandal|nightmare|terrible|horrible|awful
    enough is enough`,
} as const;
