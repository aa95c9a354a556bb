import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiError, BodyOrQuery, FastLane, Uint64List } from '#platform';
import { DropEngine } from '../../application/drop-engine.js';
import { QueryPrefixes } from '../../application/query-prefixes.js';
import { SavePrefixes } from '../../application/save-prefixes.js';
import { type HashChain, maxChainLength } from '../../domain/hash-chain.js';
import {
  CacheDocuments,
  DropEngineDocument,
  QueryPrefixesDocument,
  SavePrefixesDocument,
} from './cache-documents.js';
import { DropEngineDto } from './drop-engine.dto.js';
import { LocationsDto } from './locations.dto.js';
import { QueryPrefixesDto } from './query-prefixes.dto.js';
import { SavePrefixesDto } from './save-prefixes.dto.js';

/** A chain of the greatest length has 172,032 digits and commas. */
const bodyLimitBytes = 256 * 1024;
const withChain = { requiresReady: true, bodyLimitBytes, uint64Lists: ['prompt_hash'] } as const;

/** The cache calls: before a request is sent, after it is done, and when an engine has restarted. */
@CacheDocuments
@Controller('v1/cache')
export class CacheController {
  constructor(
    private readonly queryPrefixes: QueryPrefixes,
    private readonly savePrefixes: SavePrefixes,
    private readonly dropEngine: DropEngine,
  ) {}

  @Post('query')
  @HttpCode(200)
  @RouteConfig(withChain)
  @FastLane()
  @QueryPrefixesDocument
  query(@Body() { cluster, prompt_hash = Uint64List.empty, topk }: QueryPrefixesDto): LocationsDto {
    return new LocationsDto(this.queryPrefixes.execute(cluster, chainOf(prompt_hash), topk));
  }

  @Post('save')
  @HttpCode(200)
  @RouteConfig(withChain)
  @FastLane()
  @SavePrefixesDocument
  save(@Body() { cluster, ip, prompt_hash = Uint64List.empty }: SavePrefixesDto): null {
    this.savePrefixes.execute(cluster, ip, chainOf(prompt_hash));
    return null;
  }

  @Delete('engine')
  @RouteConfig({ requiresReady: true })
  @DropEngineDocument
  drop(@BodyOrQuery() { cluster, ip }: DropEngineDto): null {
    this.dropEngine.execute(cluster, ip);
    return null;
  }
}

/** @throws ApiError where it is too long */
function chainOf(hashes: Uint64List): HashChain {
  if (hashes.length <= maxChainLength) return hashes;
  throw new ApiError(
    'bodyTooLarge',
    `prompt_hash has ${hashes.length} hashes; send the first ${maxChainLength} at most, which is 4 MiB of prompt`,
  );
}
