mod facts;
mod generated;
mod golden;
mod oracle;
mod properties;
mod rules;
mod stage;
