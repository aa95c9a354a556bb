import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIP, ValidateBy } from 'class-validator';
import { fieldRule } from './field-rule.js';
import { isPrintable } from './printable.js';

/** The fields that calls of all contexts have. Each states its rule, its words and its documentation once. */

const longestName = 256;

/** The cluster that serves one model. */
export function ClusterName(): PropertyDecorator {
  return Name('The cluster: the engines that serve one model', 'mycluster');
}

/** The IPv4 address of an engine. */
export function EngineIp(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ description: 'IPv4 address of the engine', format: 'ipv4', example: '192.168.1.1' }),
    IsIP(4, fieldRule('an IPv4 address like 192.168.1.1')),
  );
}

/** A name that a client chooses. */
export function Name(description: string, example: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ description, minLength: 1, maxLength: longestName, example }),
    ValidateBy(
      { name: 'isName', validator: { validate: isName } },
      fieldRule(`text of 1 to ${longestName} characters without control characters`),
    ),
  );
}

function isName(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    (value.length <= longestName || [...value].length <= longestName) &&
    isPrintable(value)
  );
}
