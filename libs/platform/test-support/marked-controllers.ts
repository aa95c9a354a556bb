import {
  All,
  Body,
  Controller,
  Get,
  Inject,
  Injectable,
  Post,
  Scope,
  StreamableFile,
  type Type,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import { IsString } from 'class-validator';
import { Observable, of } from 'rxjs';
import { FastLane } from '#platform';

class TextDto {
  @IsString()
  text!: string;
}

@Injectable({ scope: Scope.REQUEST })
export class PerRequest {}
export const Anything = createParamDecorator(() => 1);

/** A marked method that is ordinary but for these decorators. */
export function marked(onMethod: readonly MethodDecorator[], onClass: readonly ClassDecorator[] = []): Type {
  @applyDecorators(Controller('p'), ...onClass)
  class MarkedController {
    @applyDecorators(Post('t'), FastLane(), ...onMethod)
    take(@Body() _dto: TextDto): null {
      return null;
    }
  }
  return MarkedController;
}

/** A marked method that is ordinary but for its parameter. */
export function markedWith(...parameters: readonly ParameterDecorator[]): Type {
  class MarkedController {
    take(_dto: TextDto, ..._rest: readonly unknown[]): null {
      return null;
    }
  }
  const { prototype } = MarkedController;
  for (const [i, parameter] of parameters.entries()) parameter(prototype, 'take', i);
  const types = parameters.map(() => TextDto);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'take')!;
  for (const decorate of [
    Post('t'),
    FastLane(),
    Reflect.metadata('design:paramtypes', types) as MethodDecorator,
  ])
    decorate(prototype, 'take', descriptor);
  Controller('p')(MarkedController);
  return MarkedController;
}

@Controller('p')
export class AsyncController {
  @Post('t')
  @FastLane()
  async take(@Body() _dto: TextDto) {
    return null;
  }
}
@Controller('p')
export class PromiseController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): Promise<null> {
    return Promise.resolve(null);
  }
}
@Controller('p')
export class ObservableController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): Observable<number> {
    return of(1);
  }
}
@Controller('p')
export class StreamController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): StreamableFile {
    return new StreamableFile(Buffer.of());
  }
}
@Controller('p')
export class UndecoratedParameterController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto, _more?: string): null {
    return null;
  }
}
@Controller('p')
export class NoParameterController {
  @Get('t')
  @FastLane()
  take(): null {
    return null;
  }
}
@Controller('p')
export class GetBodyController {
  @Get('t')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller('p')
export class NoRouteController {
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller('p')
export class AllMethodsController {
  @All('t')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller(['p', 'q'])
export class TwoPathsController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller('p')
export class PatternController {
  @Post('t/:id')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller({ path: 'p', scope: Scope.REQUEST })
export class PerRequestController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller('p')
export class OnPerRequestController {
  constructor(@Inject(PerRequest) readonly part: PerRequest) {}

  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
@Controller({ path: 'p', host: 'example.org' })
export class HostController {
  @Post('t')
  @FastLane()
  take(@Body() _dto: TextDto): null {
    return null;
  }
}
