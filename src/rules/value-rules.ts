import { Rule } from './rule';

/** A number, a duration, a size or a list outside the limits of AWS. */
export const propRange = new Rule({
  id: 'prop-range',
  level: 'error',
  says: 'A number, a duration, a size or the length of a list must be within the limits of AWS, in whole units where AWS takes whole units.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html',
});

/** A name, an ID, an ARN or a path of another form. */
export const propForm = new Rule({
  id: 'prop-form',
  level: 'error',
  says: 'A name, an ID, an ARN or a path must have the form that AWS accepts. A value that aws-cdk-lib must know at synth must not be a token.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html',
});
